/** One item of a posted body: a JSON value, or what could not be read as one. Both keep their bytes. */
export type PostedItem =
  | { readonly type: 'value'; readonly value: unknown; readonly raw: Uint8Array }
  | { readonly type: 'unreadable'; readonly reason: string; readonly raw: Uint8Array }

/** The body holds more items than one request may. */
export class TooManyItemsError extends Error {
  override readonly name = 'TooManyItemsError'
}

const LINE_FEED = 0x0a

/** The items of a JSON body: one object, or an array of them. */
export function itemsOfJson(body: Uint8Array, itemsMax: number): readonly PostedItem[] {
  const item = itemOf(body)
  if (item.type === 'unreadable' || !Array.isArray(item.value)) return [item]
  if (item.value.length > itemsMax) throw new TooManyItemsError()
  return item.value.map((value) => ({ type: 'value', value, raw: Buffer.from(JSON.stringify(value)) }))
}

/** The items of a newline-delimited JSON body; blank lines are none. */
export function itemsOfNdjson(body: Uint8Array, itemsMax: number): readonly PostedItem[] {
  const items: PostedItem[] = []
  for (let start = 0; start < body.length; ) {
    const lineFeed = body.indexOf(LINE_FEED, start)
    const end = lineFeed < 0 ? body.length : lineFeed
    const line = body.subarray(start, end)
    if (!isBlank(line)) items.push(itemOf(line))
    if (items.length > itemsMax) throw new TooManyItemsError()
    start = end + 1
  }
  return items
}

function itemOf(raw: Uint8Array): PostedItem {
  try {
    // Fatal: bytes that are no UTF-8 must not become replacement characters in somebody's article.
    return { type: 'value', value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw)), raw }
  } catch (error) {
    const isSyntax = error instanceof SyntaxError
    const reason = isSyntax ? `it is not JSON: ${error.message}` : 'it is not UTF-8'
    return { type: 'unreadable', reason, raw }
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
