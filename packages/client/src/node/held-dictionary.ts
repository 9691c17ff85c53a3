import { createHash } from 'node:crypto'
import type { StreamFetch } from './dictionary-fetch.ts'

export interface ClientDictionary {
  readonly url: string
  readonly bytes: Uint8Array
  readonly digest: Uint8Array
  /** The digest as the header Available-Dictionary has it. */
  readonly field: string
}

/** What is larger was not meant for a stream of small changes. */
const DICTIONARY_BYTES_MAX = 1024 * 1024
const LINK = /<([^>]+)>;\s*rel="?compression-dictionary"?/

/** The one dictionary that a client has: the one that the server named last. */
export class HeldDictionary {
  readonly #fetch: StreamFetch
  #held: ClientDictionary | undefined
  /** Where the one is that the server named last; undefined when it named none, or has not been asked yet. */
  #named: string | undefined

  constructor(fetch: StreamFetch) {
    this.#fetch = fetch
  }

  /** For the next stream; undefined when there is none to be had. Rejects when the signal aborts. */
  async dictionaryFor(request: Request, signal: AbortSignal): Promise<ClientDictionary | undefined> {
    try {
      this.#named ??= linkOf(await this.#fetch(await headOf(request), { signal }), request)
      if (this.#named !== undefined && this.#named !== this.#held?.url) {
        this.#held = await this.#get(this.#named, request, signal)
      }
      return this.#held
    } catch {
      // The stream itself will tell what is wrong with the network.
      signal.throwIfAborted()
      return undefined
    }
  }

  /** What the answer of a stream says; for the next one. */
  hear(response: Response, request: Request): void {
    this.#named = linkOf(response, request)
    if (this.#named === undefined) this.#held = undefined
  }

  async #get(url: string, { headers }: Request, signal: AbortSignal): Promise<ClientDictionary | undefined> {
    const response = await this.#fetch(new Request(url, { headers: withoutBody(headers) }), { signal })
    if (!response.ok) {
      await response.body?.cancel()
      this.#named = undefined
      return undefined
    }
    const bytes = new Uint8Array(await response.arrayBuffer())
    if (bytes.length > DICTIONARY_BYTES_MAX) return undefined
    const digest = createHash('sha256').update(bytes).digest()
    return { url, bytes, digest, field: `:${digest.toString('base64')}:` }
  }
}

/** Which dictionary is the best depends on the parts, which stand in the body of a stream's request. */
async function headOf(request: Request): Promise<Request> {
  const { parts } = (await request.clone().json()) as { readonly parts?: readonly string[] }
  const url = new URL(request.url)
  if (parts !== undefined) url.searchParams.set('parts', parts.join(','))
  return new Request(url, { method: 'HEAD', headers: withoutBody(request.headers) })
}

function withoutBody(headers: Headers): Headers {
  const kept = new Headers(headers)
  kept.delete('content-type')
  return kept
}

function linkOf({ headers }: Response, { url }: Request): string | undefined {
  const [, target] = LINK.exec(headers.get('link') ?? '') ?? []
  return target === undefined ? undefined : new URL(target, url).href
}
