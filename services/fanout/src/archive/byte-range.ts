/** Bytes from `start` up to, and with, `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * What a Range header asks of something of `length` bytes. undefined: all of it, also when several ranges are asked for or
 * the header makes no sense, as RFC 9110 allows. `'unsatisfiable'`: it begins beyond the end.
 */
export function byteRangeOf(
  header: string | undefined,
  length: number,
): ByteRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first === '') {
    const count = Number(last)
    return count === 0 ? 'unsatisfiable' : { start: Math.max(0, length - count), end: length - 1 }
  }
  const start = Number(first)
  const end = last === '' ? length - 1 : Math.min(Number(last), length - 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= length ? 'unsatisfiable' : { start, end }
}
