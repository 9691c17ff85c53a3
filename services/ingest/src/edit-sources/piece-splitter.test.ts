import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Piece, PieceSplitter, type PieceSplitterOptions } from './piece-splitter.ts'

const LINES: PieceSplitterOptions = { endsWith: 'line-break', bytesMax: 1_000 }
const FRAMES: PieceSplitterOptions = { endsWith: 'blank-line', bytesMax: 1_000 }

describe('PieceSplitter', () => {
  it('cuts the same lines, however the chunks fall', () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'ß', '🌍', ':', ' ') })
    const lineBreak = fc.constantFrom('\n', '\r\n')
    fc.assert(
      fc.property(fc.array(fc.tuple(line, lineBreak)), line, fc.array(fc.nat(7)), (lines, rest, sizes) => {
        const input = Buffer.from(lines.flat().join('') + rest)
        const expected = [...lines.map(([text]) => text), rest].filter((text) => text !== '')
        expect(textsOf(split(LINES, input, sizes))).toEqual(expected)
      }),
    )
  })

  it('cuts the same frames, however the chunks fall', () => {
    const line = fc.string({ minLength: 1, unit: fc.constantFrom('a', 'ß', '🌍', ':') })
    const frame = fc.array(line, { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(
        fc.array(frame),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(7)),
        (frames, eol, sizes) => {
          const input = Buffer.from(frames.map((lines) => lines.join(eol) + eol + eol).join(''))
          expect(textsOf(split(FRAMES, input, sizes))).toEqual(frames.map((lines) => lines.join(eol)))
        },
      ),
    )
  })

  it('tells where the next piece starts', () => {
    const input = Buffer.from('ab\n\ncde\r\n\nf')
    expect(split(LINES, input, []).map(({ endOffset }) => endOffset)).toEqual([3, 9, 11])
  })

  it('keeps only the beginning of a piece over the bound, and goes on behind it', () => {
    const options: PieceSplitterOptions = { endsWith: 'line-break', bytesMax: 10 }
    const input = Buffer.from(`1234567890\n${'x'.repeat(500)}\nend\n`)
    const pieces = split(options, input, [3, 4, 200, 1])
    expect(textsOf(pieces)).toEqual(['1234567890', 'x'.repeat(10), 'end'])
    expect(pieces.map(({ isTooLong }) => isTooLong)).toEqual([false, true, false])
  })
})

/** Pushes chunks of these sizes in turn, 5 bytes at a time when there are none. */
function split(options: PieceSplitterOptions, input: Buffer, sizes: readonly number[]): readonly Piece[] {
  const splitter = new PieceSplitter(options)
  const pieces: Piece[] = []
  for (let at = 0, turn = 0; at < input.length; turn += 1) {
    const size = 1 + (sizes[turn % Math.max(1, sizes.length)] ?? 4)
    pieces.push(...splitter.push(input.subarray(at, at + size)))
    at += size
  }
  const rest = splitter.end()
  return rest === undefined ? pieces : [...pieces, rest]
}

function textsOf(pieces: readonly Piece[]): readonly string[] {
  return pieces.map(({ bytes }) => bytes.toString())
}
