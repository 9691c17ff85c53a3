import type { HeldPage } from './held-page.ts'

/**
 * Where copies are kept, by page key (`enwiki:7`): a `Map`, or a partner's own database. `set` is durable once it has
 * resolved, as far as the storage is. One store owns it: nobody else writes to it meanwhile.
 */
export interface PageStorage<Copy> {
  get(key: string): MaybePromise<HeldPage<Copy> | undefined>
  set(key: string, page: HeldPage<Copy>): unknown
  /** Everything that is kept, in any order. */
  values(): Iterable<HeldPage<Copy>> | AsyncIterable<HeldPage<Copy>>
}

type MaybePromise<T> = T | PromiseLike<T>
