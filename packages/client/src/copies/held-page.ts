/** Which page, and what is needed to ask its wiki for it. Null: not known. */
export interface PageIdentity {
  /** Database name, such as `enwiki`. Page ids are unique within a wiki. */
  readonly wiki: string
  readonly pageId: number
  readonly title: string
  /** Such as `en.wikipedia.org`. */
  readonly domain: string | null
  /** Such as `en`. */
  readonly language: string | null
}

/** What is held of one page. Plain JSON, if the copy is. */
export interface HeldPage<Copy> {
  readonly page: PageIdentity
  /** `removed`: the page is deleted or its text hidden. It stays known, so that what came before cannot bring it back. */
  readonly state: 'held' | 'removed'
  /** The revision that the copy is of; of a removed page its last. Null: the source did not say. */
  readonly revisionId: number | null
  /** When the last act on the page that is part of this was done, in milliseconds since 1970. */
  readonly actAtMs: number
  /** Of the copy, as the deltas name it. */
  readonly digest: string
  /** Empty when the page is removed. */
  readonly copy: Copy
}

/** The key of a page in storage, and how its chunks' keys in an index begin. */
export function pageKeyOf({ wiki, pageId }: Pick<PageIdentity, 'wiki' | 'pageId'>): string {
  return `${wiki}:${pageId}`
}
