import { type Filter, type WatchList, type WatchLists, watchListNamed } from '@freshet/protocol'

/** Longer lists are asked one by one whether they hold a value: there can only be few of them. */
const POSTED_VALUES_MAX = 4_096

/** Conditions of few possible values. */
export const BIT_CONDITIONS = [
  'wiki',
  'project',
  'language',
  'namespace',
  'kind',
  'performer',
  'minor',
] as const
export type BitCondition = (typeof BIT_CONDITIONS)[number]

/** Conditions of many possible values, of which a change has one or a few; the most selective first. */
const POSTED_CONDITIONS = ['page', 'title', 'item', 'watchList', 'tag', 'titlePrefix'] as const
type PostedCondition = (typeof POSTED_CONDITIONS)[number]

/** A part of a filter by which it is found: whatever meets the filter meets one of its clauses. */
export type FilterClause = PostedClause | WatchClause | BitClause

/** Found by any of these values. */
export interface PostedClause {
  readonly type: 'posted'
  readonly condition: Exclude<PostedCondition, 'watchList'>
  readonly values: readonly (string | number)[]
}

/** Found by what any of these lists holds. */
export interface WatchClause {
  readonly type: 'watched'
  readonly lists: readonly WatchList[]
}

/** Found by the values of all conditions that are there. */
export interface BitClause {
  readonly type: 'bits'
  readonly conditions: Pick<Filter, BitCondition>
  /** What the filter asks besides; undefined when the clause is only one of several. */
  readonly rest: Filter | undefined
}

/** One clause; or, where only `any` has something selective, one for each of its filters. */
export function clausesOf(filter: Filter, watchLists: WatchLists): readonly FilterClause[] {
  const conjuncts = conjunctsOf(filter)
  const posted = postedClause(conjuncts, watchLists)
  if (posted !== undefined) return [posted]
  const alternatives = conjuncts.find(({ any }) => any !== undefined)?.any
  const found = alternatives?.map((alternative) => {
    const all = [...conjunctsOf(alternative), ...conjuncts]
    return postedClause(conjunctsOf(alternative), watchLists) ?? bitClause(all, undefined)
  })
  return found?.some(({ type }) => type !== 'bits') ? found : [bitClause(conjuncts, restOf(filter))]
}

/** The filter and everything in `all`: a change has to meet each of them. */
function conjunctsOf(filter: Filter): readonly Filter[] {
  return [filter, ...(filter.all ?? []).flatMap(conjunctsOf)]
}

function postedClause(
  conjuncts: readonly Filter[],
  watchLists: WatchLists,
): PostedClause | WatchClause | undefined {
  for (const condition of POSTED_CONDITIONS) {
    const values = conjuncts
      .map((conjunct) => conjunct[condition])
      .find((given) => given !== undefined && given.length <= POSTED_VALUES_MAX)
    if (values === undefined) continue
    if (condition !== 'watchList') return { type: 'posted', condition, values }
    return { type: 'watched', lists: values.map((name) => watchListNamed(watchLists, String(name))) }
  }
  return undefined
}

function bitClause(conjuncts: readonly Filter[], rest: Filter | undefined): BitClause {
  const conditions = Object.fromEntries(
    BIT_CONDITIONS.map((name) => [
      name,
      conjuncts.map((conjunct) => conjunct[name]).find((values) => values !== undefined),
    ]),
  ) as Pick<Filter, BitCondition>
  return { type: 'bits', conditions, rest }
}

function restOf(filter: Filter): Filter {
  const rest = { ...filter }
  for (const name of BIT_CONDITIONS) delete rest[name]
  return rest
}
