import { ProtocolError } from './errors.ts'

/** Parses what a partner sent. `what` names it in the error, such as `the body`. */
export function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ProtocolError(
      'invalid_json',
      `${what} is not JSON: ${reasonOf(error)}`,
      'Send one JSON value, encoded as UTF-8.',
    )
  }
}

/** V8 quotes the text it stumbled over, over several lines where it has some. */
function reasonOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error)
    .replaceAll(/\s+/g, ' ')
    .slice(0, 200)
}
