import { retryAfterMs } from '../retry-after.ts'

/** Why a connection gives no events, or no more of them. */
export interface StreamEnd {
  /** The rest of a sentence that begins with the address. */
  readonly detail: string
  /** The server refuses the request itself; only a person can mend that, here or there. */
  readonly isRefused: boolean
  readonly retryAfterMs: undefined | number
}

/** An error body is told to a person; more than this is not read. */
const BODY_BYTES_MAX = 16 * 1024
const TEXT_LENGTH_MAX = 500

/** Why this answer is no event stream; undefined when it is one. Reads the body of an error, up to a bound. */
export async function refusalOf(response: Response, nowMs: number): Promise<undefined | StreamEnd> {
  const contentType = response.headers.get('content-type') ?? 'no content type'
  if (response.status === 200 && contentType.startsWith('text/event-stream')) return undefined
  const isRefused = response.status < 500 && response.status !== 429
  const explanation = explanationOf(await beginningOf(response))
  return {
    detail: describe(response.status, contentType, explanation),
    isRefused,
    retryAfterMs: retryAfterMs(response.headers.get('retry-after'), nowMs),
  }
}

function describe(status: number, contentType: string, explanation: Explanation): string {
  if (status === 200) return `answers with ${contentType}, which is no event stream`
  const said = explanation.text === '' ? `answers ${status}` : `answers ${status}: ${explanation.text}`
  if (POSITION_ERRORS.has(explanation.name)) {
    return `does not take the saved position, which stays as it is (${said})`
  }
  return status === 403 ? `${said} (is the User-Agent one that this server takes?)` : said
}

/** What KafkaSSE says of a `Last-Event-ID` that it cannot go on from. */
const POSITION_ERRORS: ReadonlySet<string> = new Set(['InvalidAssignmentError', 'TopicNotAvailableError'])

interface Explanation {
  readonly name: string
  readonly text: string
}

/** EventStreams explains with title and detail, KafkaSSE with name and message, proxies with a page. */
function explanationOf(body: string): Explanation {
  const { name, title, detail, message } = membersOf(body)
  const told = [title, detail ?? message].filter((text) => text !== undefined).join(': ')
  return { name: name ?? '', text: (told || body).replaceAll(/\s+/g, ' ').trim().slice(0, TEXT_LENGTH_MAX) }
}

function membersOf(body: string): Partial<Record<string, string>> {
  try {
    const value: unknown = JSON.parse(body)
    if (typeof value !== 'object' || value === null) return {}
    return Object.fromEntries(Object.entries(value).filter(([, member]) => typeof member === 'string'))
  } catch {
    return {}
  }
}

async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes >= BODY_BYTES_MAX) break
  }
  return Buffer.concat(chunks, Math.min(bytes, BODY_BYTES_MAX)).toString()
}

/** What the server says in an `event: error` frame before it ends the stream. */
export function endOfErrorEvent(data: string): StreamEnd {
  return {
    detail: `reports an error: ${explanationOf(data).text}`,
    isRefused: false,
    retryAfterMs: undefined,
  }
}
