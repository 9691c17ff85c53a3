/** What the simulator does to one connection. Counts are of events sent on that connection. */
export type EventStreamsFault =
  /** Answers with this status instead of the stream. */
  | {
      readonly type: 'refuse'
      readonly status: number
      readonly headers: Record<string, string>
      readonly body: string
    }
  /** 200, and nothing more. */
  | { readonly type: 'end-at-once' }
  /** Destroys the socket after so many events and so many bytes of the next frame. */
  | { readonly type: 'cut'; readonly afterEvents: number; readonly frameBytes: number }
  /** Ends the answer properly after so many events. */
  | { readonly type: 'end'; readonly afterEvents: number }
  /** Sends nothing more, and leaves the connection open. */
  | { readonly type: 'stall'; readonly afterEvents: number }
  /** Sends everything in writes of so many bytes. */
  | { readonly type: 'trickle'; readonly bytesPerWrite: number }
  /** KafkaSSE's `event: error` frame, then the end. */
  | { readonly type: 'error-event'; readonly afterEvents: number }

export function tooManyRequests(retryAfter: string): EventStreamsFault {
  const title = 'Too Many Concurrent Connections From Your Client IP'
  const body = JSON.stringify({ status: 429, type: 'too_many_requests', title })
  return { type: 'refuse', status: 429, headers: { 'retry-after': retryAfter }, body }
}

export function serviceUnavailable(headers: Record<string, string>): EventStreamsFault {
  return { type: 'refuse', status: 503, headers, body: '<html><h1>503 Service Unavailable</h1></html>' }
}
