import { describe, expect, it } from 'vitest'
import { RunBuffers } from './run-buffers.ts'

describe('the buffers of runs', () => {
  it('are lent again only when they were given back, and to one at a time', () => {
    const buffers = new RunBuffers()
    const [first, second] = [buffers.take(100_000), buffers.take(100_000)]
    expect(first.buffer).not.toBe(second.buffer)
    const frames = first.subarray(10, 20)
    buffers.giveBack(frames)
    buffers.giveBack(frames)
    const [third, fourth] = [buffers.take(100_000), buffers.take(100_000)]
    expect(third.buffer).toBe(first.buffer)
    expect(fourth.buffer).not.toBe(first.buffer)
    expect(fourth.buffer).not.toBe(second.buffer)
  })

  it('are large enough, and those of others are not taken', () => {
    const buffers = new RunBuffers()
    const small = buffers.take(1_000)
    expect(small.buffer.byteLength).toBe(1_000)
    expect(buffers.isLent(small)).toBe(false)
    const large = buffers.take(10_000_000)
    expect(large.length).toBeGreaterThanOrEqual(10_000_000)
    buffers.giveBack(large)
    const foreign = Buffer.alloc(1_000_000)
    buffers.giveBack(foreign)
    for (let taken = 0; taken < 3; taken++) {
      const { buffer } = buffers.take(100_000)
      expect(buffer).not.toBe(large.buffer)
      expect(buffer).not.toBe(foreign.buffer)
    }
  })
})
