/**
 * Every code that Freshet says to a partner: in the body of an HTTP error, in an `error` or `closing` frame, and as the
 * number that a WebSocket is closed with. The list is closed; PROTOCOL.md has a heading for each.
 *
 * The number alone tells a client that does not know it what to do: 4000–4499 means "do not reconnect as you are",
 * 4500–4999 means "reconnect with your cursor".
 */
interface CodeMeaning {
  /** The status of an HTTP answer with this code; undefined where it is never said over HTTP. */
  readonly httpStatus: number | undefined
  /** What a WebSocket is closed with; undefined where the code never closes one. */
  readonly closeCode: number | undefined
}

export const CODES = {
  complete: { httpStatus: undefined, closeCode: 4000 },
  invalid_json: { httpStatus: 400, closeCode: 4001 },
  invalid_request: { httpStatus: 400, closeCode: 4002 },
  invalid_filter: { httpStatus: 400, closeCode: 4003 },
  invalid_parts: { httpStatus: 400, closeCode: 4004 },
  invalid_range: { httpStatus: 400, closeCode: 4005 },
  cursor_malformed: { httpStatus: 400, closeCode: 4006 },
  cursor_other_log: { httpStatus: 409, closeCode: 4007 },
  cursor_wrong_partitions: { httpStatus: 409, closeCode: 4008 },
  cursor_beyond_end: { httpStatus: 409, closeCode: 4009 },
  filter_too_large: { httpStatus: 413, closeCode: 4010 },
  /** 1009 is WebSocket's own number for it. */
  request_too_large: { httpStatus: 413, closeCode: 1009 },
  binary_message: { httpStatus: undefined, closeCode: 4011 },
  too_many_errors: { httpStatus: undefined, closeCode: 4012 },
  unknown_subscription: { httpStatus: undefined, closeCode: undefined },
  duplicate_subscription: { httpStatus: undefined, closeCode: undefined },
  too_many_subscriptions: { httpStatus: undefined, closeCode: undefined },
  unknown_watch_list: { httpStatus: 404, closeCode: 4013 },
  invalid_watch_list: { httpStatus: 400, closeCode: undefined },
  watch_list_too_large: { httpStatus: 413, closeCode: undefined },
  watch_lists_full: { httpStatus: 507, closeCode: undefined },
  precondition_failed: { httpStatus: 412, closeCode: undefined },
  read_only: { httpStatus: 403, closeCode: undefined },
  not_found: { httpStatus: 404, closeCode: undefined },
  method_not_allowed: { httpStatus: 405, closeCode: undefined },
  not_acceptable: { httpStatus: 406, closeCode: undefined },
  unsupported_media_type: { httpStatus: 415, closeCode: undefined },
  draining: { httpStatus: 503, closeCode: 4500 },
  too_slow: { httpStatus: undefined, closeCode: 4501 },
  internal_error: { httpStatus: 500, closeCode: 4502 },
  log_unavailable: { httpStatus: 503, closeCode: 4503 },
  unresponsive: { httpStatus: undefined, closeCode: 4504 },
  overloaded: { httpStatus: 503, closeCode: 4505 },
} as const satisfies Record<string, CodeMeaning>

export type Code = keyof typeof CODES

/** The codes that end a stream or a socket. */
export type CloseCode = { [C in Code]: (typeof CODES)[C]['closeCode'] extends number ? C : never }[Code]

export function isCloseCode(code: Code): code is CloseCode {
  return CODES[code].closeCode !== undefined
}

const RECONNECT_FROM = 4500

/** Whether the same request, with the cursor reached, may succeed later. */
export function isReconnectable(code: Code): boolean {
  const { httpStatus, closeCode }: CodeMeaning = CODES[code]
  if (closeCode !== undefined) return closeCode >= RECONNECT_FROM
  return httpStatus === 503
}
