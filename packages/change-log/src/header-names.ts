/** Topics have a handful of header names each; of more, the rest is decoded anew every time. */
const NAMES_MAX = 64

/** Names of headers, which are the same few in all records: looked up by their bytes instead of being decoded again. */
export class HeaderNames {
  /** By length and first byte. */
  readonly #names = new Map<number, string>()

  /** The name that the bytes from `start` to `end` spell in UTF-8. */
  read(bytes: Buffer, start: number, end: number): string {
    const length = end - start
    const slot = length * 256 + (bytes[start] ?? 0)
    const known = this.#names.get(slot)
    if (known !== undefined && spells(bytes, start, known, length)) return known
    const name = bytes.toString('utf8', start, end)
    if (this.#names.size < NAMES_MAX) this.#names.set(slot, name)
    return name
  }
}

/** True only for ASCII, where a character is a byte. */
function spells(bytes: Buffer, start: number, name: string, length: number): boolean {
  if (name.length !== length) return false
  for (let index = 0; index < length; index++) {
    const code = name.charCodeAt(index)
    if (code > 127 || bytes[start + index] !== code) return false
  }
  return true
}
