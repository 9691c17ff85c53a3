import { RefusedError } from './errors.ts'
import { retryAfterMs } from './retry-after.ts'

/** Of the body of an answer that is no stream; a proxy's page may be any length. */
const BODY_LENGTH_MAX = 64 * 1024
const EXCERPT_LENGTH = 200

/** What an answer that is no stream says, as an error. */
export async function refusalOf(response: Response, nowMs: number): Promise<RefusedError> {
  const body = await beginningOf(response)
  const { code, message, help } = errorIn(body)
  const details = {
    status: response.status,
    code,
    help,
    retryAfterMs: retryAfterMs(response.headers.get('retry-after'), nowMs),
  }
  if (message !== undefined) return new RefusedError(message, details)
  const type = response.headers.get('content-type') ?? 'no content type'
  const excerpt = body.slice(0, EXCERPT_LENGTH)
  return new RefusedError(
    `the server answered ${response.status} (${type}), not with a stream: ${excerpt}`,
    details,
  )
}

async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (reader !== undefined && text.length < BODY_LENGTH_MAX) {
    const { done, value } = await reader.read()
    if (done) break
    text += decoder.decode(value, { stream: true })
  }
  return text
}

interface ErrorMembers {
  readonly code: string | undefined
  readonly message: string | undefined
  readonly help: string | undefined
}

/** The body of Freshet's refusals is `{"error":{"code":…,"message":…,"help":…}}`; a proxy's may be anything. */
function errorIn(body: string): ErrorMembers {
  let error: Record<string, unknown> = {}
  try {
    error = JSON.parse(body).error ?? {}
  } catch {
    // Not from Freshet.
  }
  const member = (name: string) => (typeof error[name] === 'string' ? error[name] : undefined)
  return { code: member('code'), message: member('message'), help: member('help') }
}
