import { FreshetClientError } from '../freshet-client-error.ts'
import type { PageRequest } from './fetch-page.ts'

/** A change that could not be applied. Nothing has changed: where it is retryable, apply the same change again. */
export abstract class CopyError extends FreshetClientError {}

/** The change does not hold the part that this copy is kept in step by. */
export class MissingPartError extends CopyError {
  readonly isRetryable = false

  constructor(changeId: string, part: string) {
    super(`the change ${changeId} has no part "${part}": ask for it in the subscription`)
  }
}

/** A page was lacking, and `fetchPage` failed. */
export class PageFetchError extends CopyError {
  readonly isRetryable = true
  readonly request: PageRequest

  constructor(request: PageRequest, cause: unknown) {
    super(`could not fetch ${described(request)}: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
    this.request = request
  }
}

/** `fetchPage` gave a revision before the one asked for: a replica that lags, or a cache. */
export class OldPageError extends CopyError {
  readonly isRetryable = true
  readonly request: PageRequest

  constructor(request: PageRequest, revisionId: number) {
    super(`fetched ${described(request)}, and got revision ${revisionId}`)
    this.request = request
  }
}

/** `fetchPage` gave chunks that are not those of their own digests. */
export class DamagedPageError extends CopyError {
  readonly isRetryable = true
  readonly request: PageRequest

  constructor(request: PageRequest) {
    super(`fetched ${described(request)}, and got damaged chunks`)
    this.request = request
  }
}

/**
 * `fetchPage` gave the right revision with other content than the stream says it has: it is not the source text, or it was
 * cut into chunks by another version of the chunker.
 */
export class WrongPageError extends CopyError {
  readonly isRetryable = false
  readonly request: PageRequest

  constructor(request: PageRequest, expectedDigest: string, actualDigest: string) {
    super(
      `${described(request)} should have the digest ${expectedDigest}; what was fetched has ${actualDigest}`,
    )
    this.request = request
  }
}

/** The server cuts chunks with another version of the chunker than this client knows. Update the older of the two. */
export class OtherChunkerError extends CopyError {
  readonly isRetryable = false

  constructor(theirs: string, ours: string) {
    super(`chunks of version ${theirs} cannot be made of wikitext here: this client makes version ${ours}`)
  }
}

function described({ wiki, pageId, title, revisionId }: PageRequest): string {
  return `${revisionId === undefined ? 'the latest revision' : `revision ${revisionId}`} of ${wiki}:${pageId} (${title})`
}
