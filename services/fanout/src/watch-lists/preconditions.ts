import { ProtocolError, type WatchListFacts } from '@freshet/protocol'

/** What a request says about the version that there is (RFC 9110, sections 13.1.1 and 13.1.2): entity tags, or `*`. */
export interface Preconditions {
  readonly ifMatch: readonly string[] | undefined
  readonly ifNoneMatch: readonly string[] | undefined
}

interface ConditionalHeaders {
  readonly 'if-match'?: string | undefined
  readonly 'if-none-match'?: string | undefined
}

export function preconditionsIn(headers: ConditionalHeaders): Preconditions {
  return { ifMatch: tagsIn(headers['if-match']), ifNoneMatch: tagsIn(headers['if-none-match']) }
}

export function entityTagOf({ version }: Pick<WatchListFacts, 'version'>): string {
  return `"${version}"`
}

/** Whether the list is among the tags; `*` is any list that there is. */
export function isTagged(tags: readonly string[], list: WatchListFacts | undefined): boolean {
  return list !== undefined && tags.some((tag) => tag === '*' || tag === entityTagOf(list))
}

/** Throws a `ProtocolError` with the code `precondition_failed` when the list, or its absence, is not what the request expects. */
export function assertPreconditions(
  { ifMatch, ifNoneMatch }: Preconditions,
  list: WatchListFacts | undefined,
): void {
  const found = list === undefined ? 'there is no such list' : `its version is ${list.version}`
  if (ifMatch !== undefined && !isTagged(ifMatch, list)) throw failed(`If-Match: ${found}`)
  if (ifNoneMatch !== undefined && isTagged(ifNoneMatch, list)) throw failed(`If-None-Match: ${found}`)
}

function failed(message: string): ProtocolError {
  return new ProtocolError(
    'precondition_failed',
    message,
    'Get the list, and decide anew. Nothing was changed.',
  )
}

function tagsIn(header: string | undefined): readonly string[] | undefined {
  return header?.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
}
