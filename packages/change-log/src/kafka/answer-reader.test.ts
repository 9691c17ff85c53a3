import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AnswerReader } from './answer-reader.ts'

function sent(answers: readonly Uint8Array[]): Buffer {
  const pieces = answers.flatMap((answer) => {
    const head = Buffer.alloc(4)
    head.writeInt32BE(answer.length)
    return [head, answer]
  })
  return Buffer.concat(pieces)
}

describe('answers of a broker', () => {
  it('are put together however they are cut, each in memory of its own', () => {
    const answers = fc.array(fc.uint8Array({ minLength: 4, maxLength: 50 }), { minLength: 1, maxLength: 5 })
    const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 60 }))
    fc.assert(
      fc.property(answers, cuts, (expected, lengths) => {
        const read: Buffer[] = []
        const reader = new AnswerReader((answer) => read.push(answer))
        const bytes = sent(expected)
        for (let at = 0; at < bytes.length; ) {
          const length: number = lengths.next().value
          // As a socket does, which reads into the same memory again.
          const piece = Buffer.from(bytes.subarray(at, at + length))
          reader.read(piece)
          piece.fill(0)
          at += length
        }
        expect(read).toEqual(expected.map((answer) => Buffer.from(answer)))
        for (const { buffer, length } of read) expect(buffer.byteLength).toBe(length)
      }),
    )
  })

  it('are not waited for when their length cannot be one', () => {
    for (const beginning of [
      'HTTP/1.1 400 Bad Request',
      '\x15\x03\x03\x00\x02\x02\x46',
      '\xff\xff\xff\xff',
    ]) {
      const reader = new AnswerReader(() => undefined)
      expect(() => reader.read(Buffer.from(beginning, 'latin1'))).toThrow('is it a broker')
    }
  })
})
