/** How many code points lie between two UTF-16 offsets, neither of them inside a surrogate pair. */
export function codePointCount(text: string, start: number, end: number): number {
  let count = 0
  for (let at = start; at < end; at = nextCodePoint(text, at)) count++
  return count
}

/** The UTF-16 offset so many code points further on; undefined when the text ends before. */
export function codePointOffset(text: string, start: number, count: number): number | undefined {
  let at = start
  for (let passed = 0; passed < count; passed++) {
    if (at >= text.length) return undefined
    at = nextCodePoint(text, at)
  }
  return at
}

export function nextCodePoint(text: string, at: number): number {
  const isHigh = (text.charCodeAt(at) & 0xfc00) === 0xd800
  return isHigh && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00 ? at + 2 : at + 1
}
