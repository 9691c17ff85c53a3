import { describe, expect, it } from 'vitest'
import { readyBatches } from './ready-batches.ts'

const bounds = { itemsMax: 3, bytesMax: 100, bytesOf: (item: number) => item }

async function collect(items: AsyncIterable<number>): Promise<number[][]> {
  const batches: number[][] = []
  for await (const batch of readyBatches(items, bounds)) batches.push([...batch])
  return batches
}

describe('readyBatches', () => {
  it('groups what is ready up to the bound on items', async () => {
    async function* items() {
      yield* [1, 2, 3, 4, 5]
    }
    expect(await collect(items())).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
  })

  it('ends a batch after the item that reaches the bound on bytes', async () => {
    async function* items() {
      yield* [99, 99, 1]
    }
    expect(await collect(items())).toEqual([[99, 99], [1]])
  })

  it('does not let an item wait for one that comes later', async () => {
    const { promise: later, resolve } = Promise.withResolvers<void>()
    async function* items() {
      yield 1
      await later
      yield 2
    }
    const batches = readyBatches(items(), bounds)
    expect((await batches.next()).value).toEqual([1])
    resolve()
    expect((await batches.next()).value).toEqual([2])
  })

  it('hands over what was read before the source failed, then the failure', async () => {
    async function* items() {
      yield 1
      throw new Error('broken')
    }
    const batches = readyBatches(items(), bounds)
    expect((await batches.next()).value).toEqual([1])
    await expect(batches.next()).rejects.toThrow('broken')
  })

  it('closes the source when the reader stops', async () => {
    let isClosed = false
    async function* items() {
      try {
        yield* [1, 2, 3, 4]
      } finally {
        isClosed = true
      }
    }
    for await (const _batch of readyBatches(items(), bounds)) break
    expect(isClosed).toBe(true)
  })
})
