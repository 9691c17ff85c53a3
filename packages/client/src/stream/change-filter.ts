import type { Filter } from '@freshet/protocol'

/**
 * Which changes: all conditions must be met, of several values of one any will do. `{}` is all of them.
 *
 *     { wiki: 'enwiki', namespace: 0, any: [{ title: ['Rain', 'Snow'] }, { tag: 'mw-rollback' }], not: { performer: 'bot' } }
 */
export type ChangeFilter = Conditions & {
  readonly any?: readonly ChangeFilter[]
  readonly all?: readonly ChangeFilter[]
  readonly not?: ChangeFilter
}

type Conditions = {
  readonly [Name in Exclude<keyof Filter, 'any' | 'all' | 'not'>]?: OneOrMore<Filter[Name]>
}

type OneOrMore<Values> = Values extends readonly (infer Value)[] ? Value | readonly Value[] : Values
