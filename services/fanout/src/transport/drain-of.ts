import type { Writable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'

/** Resolves when the stream may have drained, or has closed. Look again afterwards. */
export async function drainOf(stream: Writable): Promise<void> {
  // A stream that never was full does not tell that it has drained.
  if (!stream.writableNeedDrain) {
    await nextTurn()
    return
  }
  const { promise, resolve } = Promise.withResolvers<void>()
  stream.once('drain', resolve)
  stream.once('close', resolve)
  await promise
  stream.off('drain', resolve)
  stream.off('close', resolve)
}
