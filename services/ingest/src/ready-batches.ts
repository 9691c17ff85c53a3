export interface BatchBounds<T> {
  readonly itemsMax: number
  readonly bytesMax: number
  readonly bytesOf: (item: T) => number
}

/**
 * Groups what is ready at the same time: under load a batch grows to its bounds, at a trickle it holds one item, and no
 * item waits for another. A batch ends after the item that reaches `bytesMax`, so one item always fits. Reads ahead by
 * one item.
 */
export async function* readyBatches<T>(
  items: AsyncIterable<T>,
  { itemsMax, bytesMax, bytesOf }: BatchBounds<T>,
): AsyncGenerator<readonly T[]> {
  const iterator = items[Symbol.asyncIterator]()
  try {
    let next = iterator.next()
    for (;;) {
      const first = await next
      if (first.done) return
      const batch = [first.value]
      let bytes = bytesOf(first.value)
      next = iterator.next()
      while (batch.length < itemsMax && bytes < bytesMax) {
        // A failure of the source comes after what was read before it: `await next` above throws it then.
        const ready = await Promise.race([next, afterPendingIo()]).catch(() => undefined)
        if (ready === undefined || ready.done) break
        batch.push(ready.value)
        bytes += bytesOf(ready.value)
        next = iterator.next()
      }
      next.catch(() => undefined)
      yield batch
    }
  } finally {
    await iterator.return?.()
  }
}

function afterPendingIo(): Promise<undefined> {
  return new Promise((resolve) => setImmediate(() => resolve(undefined)))
}
