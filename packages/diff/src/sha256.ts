/**
 * SHA-256 (FIPS 180-4) of the UTF-8 form of a text, in hexadecimal. For browsers, whose own SHA-256 is asynchronous;
 * Node uses `sha256.node.ts`.
 */
export function sha256(text: string): string {
  const blocks = paddedBlocks(text)
  const state = Uint32Array.from(INITIAL_STATE)
  for (let offset = 0; offset < blocks.byteLength; offset += BLOCK_BYTES) compress(state, blocks, offset)
  return Array.from(state, (word) => word.toString(16).padStart(8, '0')).join('')
}

const BLOCK_BYTES = 64
const LENGTH_BYTES = 8

/** The text, a 1 bit, zeros up to a whole number of blocks, and the length in bits. */
function paddedBlocks(text: string): DataView {
  const bytes = new TextEncoder().encode(text)
  const paddedBytes = Math.ceil((bytes.length + 1 + LENGTH_BYTES) / BLOCK_BYTES) * BLOCK_BYTES
  const padded = new Uint8Array(paddedBytes)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setBigUint64(paddedBytes - LENGTH_BYTES, BigInt(bytes.length) * 8n)
  return view
}

const INITIAL_STATE = fractions(8, 1 / 2)
const ROUND_CONSTANTS = fractions(64, 1 / 3)
const schedule = new Uint32Array(64)

function compress(state: Uint32Array, blocks: DataView, offset: number): void {
  for (let t = 0; t < 16; t++) schedule[t] = blocks.getUint32(offset + 4 * t)
  for (let t = 16; t < 64; t++) {
    const w15 = schedule[t - 15] as number
    const w2 = schedule[t - 2] as number
    const sigma0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3)
    const sigma1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10)
    schedule[t] = (schedule[t - 16] as number) + sigma0 + (schedule[t - 7] as number) + sigma1
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as Eight
  for (let t = 0; t < 64; t++) {
    const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const t1 = (h + sum1 + choice + (ROUND_CONSTANTS[t] as number) + (schedule[t] as number)) | 0
    const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + sum0 + majority) | 0
  }
  const words: Eight = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < words.length; i++) state[i] = (state[i] as number) + (words[i] as number)
}

type Eight = [number, number, number, number, number, number, number, number]

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

/** The standard's constants: the first 32 bits of the fractional parts of a root of the first primes. */
function fractions(count: number, power: number): Uint32Array {
  const found: number[] = []
  for (let candidate = 2; found.length < count; candidate++) {
    let isPrime = true
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) {
      if (candidate % divisor === 0) isPrime = false
    }
    if (isPrime) found.push((candidate ** power % 1) * 2 ** 32)
  }
  return Uint32Array.from(found, Math.floor)
}
