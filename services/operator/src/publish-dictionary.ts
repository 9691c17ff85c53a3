import type { DictionaryInput } from '@freshet/dictionary'

export interface NewDictionary extends Omit<DictionaryInput, 'bytes'> {
  readonly content: Uint8Array
}

/** Nobody at the address takes dictionaries, or this one. */
export class PublishingError extends Error {
  override readonly name = 'PublishingError'
  readonly code = 'not_published'
}

/**
 * Posts a dictionary to the process that writes the log, as an embedded log has only one, and returns where it is served.
 *
 * @throws PublishingError
 */
export async function publishDictionary(
  address: string,
  { content, ...about }: NewDictionary,
): Promise<string> {
  const input: DictionaryInput = { ...about, bytes: Buffer.from(content).toString('base64') }
  const url = new URL('/v1/dictionaries', address)
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(input) }).catch(
    (cause) => {
      throw new PublishingError(
        `nothing answers at ${address}: start Freshet, or say with --url where it (or ingest) listens`,
        { cause },
      )
    },
  )
  const text = await response.text()
  if (response.status === 404) {
    throw new PublishingError(`${address} takes no dictionaries: say with --url where ingest listens`)
  }
  if (!response.ok) throw new PublishingError(`${address} answered ${response.status}: ${text}`)
  const { url: path } = JSON.parse(text) as { url: string }
  return new URL(path, address).href
}
