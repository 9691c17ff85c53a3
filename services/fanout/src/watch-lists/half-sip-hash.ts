import { getRandomValues } from 'node:crypto'

/** New in every process: nobody outside can make up entries that all hash alike. */
const [KEY_0 = 0, KEY_1 = 0] = getRandomValues(new Int32Array(2))

/** Rounds behind the last word. */
const FINAL_ROUNDS = 3

/** HalfSipHash-1-3 of the bytes from `start` to `end`: 32 bits, with one round for each four bytes. https://www.aumasson.jp/siphash/siphash.pdf */
export function halfSipHash(bytes: Uint8Array, start: number, end: number): number {
  let v0 = KEY_0
  let v1 = KEY_1
  let v2 = 0x6c796765 ^ KEY_0
  let v3 = 0x74656462 ^ KEY_1
  const words = (end - start) >>> 2
  for (let round = 0; round <= words + FINAL_ROUNDS; round++) {
    let word = 0
    if (round < words) {
      const at = start + round * 4
      word =
        (bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24)
    } else if (round === words) {
      word = (end - start) << 24
      for (let at = start + words * 4, shift = 0; at < end; at++, shift += 8)
        word |= (bytes[at] ?? 0) << shift
    } else if (round === words + 1) v2 ^= 0xff
    v3 ^= word
    v0 = (v0 + v1) | 0
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0
    v0 = (v0 << 16) | (v0 >>> 16)
    v2 = (v2 + v3) | 0
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2
    v0 = (v0 + v3) | 0
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0
    v2 = (v2 + v1) | 0
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2
    v2 = (v2 << 16) | (v2 >>> 16)
    v0 ^= word
  }
  return (v1 ^ v3) >>> 0
}
