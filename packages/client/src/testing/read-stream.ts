import { type ChangesOptions, changes, type Reconnect } from '../stream/changes.ts'
import type { StreamFrame } from '../stream/stream-frame.ts'
import type { StreamSimulator } from './stream-simulator.ts'
import { LIVENESS_MS, TestTiming } from './test-timing.ts'

export interface Reading {
  readonly frames: readonly StreamFrame[]
  readonly ids: readonly string[]
  readonly reconnects: readonly Reconnect[]
  /** What ended it; undefined: its end. */
  readonly error: unknown
}

/** Everything up to the end, or to the error. */
export async function readStream(
  simulator: StreamSimulator,
  options: Partial<ChangesOptions> = {},
  timing = new TestTiming(),
): Promise<Reading> {
  const frames: StreamFrame[] = []
  const reconnects: Reconnect[] = []
  let error: unknown
  try {
    for await (const frame of changes(
      {
        url: simulator.url,
        until: 'latest',
        livenessTimeoutMs: LIVENESS_MS,
        onReconnect: (reconnect) => reconnects.push(reconnect),
        ...options,
      },
      timing,
    ))
      frames.push(frame)
  } catch (thrown) {
    error = thrown
  }
  const ids = frames.flatMap((frame) => (frame.type === 'change' ? [frame.change.id] : []))
  return { frames, ids, reconnects, error }
}

/** Of so many changes of a simulator, from this one on. */
export function idsOf(count: number, from = 0): readonly string[] {
  return Array.from({ length: count }, (_, index) => `enwiki:${from + index}`)
}
