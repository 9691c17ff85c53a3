/** How many bytes a text has in UTF-8, where a lone surrogate counts as U+FFFD. */
export function utf8Length(text: string, start = 0, end = text.length): number {
  let bytes = end - start
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) continue
    if (unit < 0x800) {
      bytes += 1
    } else {
      bytes += 2
      const isPair =
        (unit & 0xfc00) === 0xd800 && at + 1 < end && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00
      // A pair is two units and four bytes, of which the first unit has now brought three.
      if (isPair) at++
    }
  }
  return bytes
}
