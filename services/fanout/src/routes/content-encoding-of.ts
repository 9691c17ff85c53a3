import { CONTENT_ENCODINGS, type ContentEncoding } from '../representation/encoding.ts'
import { acceptedRanges } from './accepted-ranges.ts'

/** The encoding that an Accept-Encoding header prefers; gzip before zstd where both are as welcome, `identity` unless one is named. */
export function contentEncodingOf(acceptEncoding: string | undefined): 'identity' | ContentEncoding {
  const ranges = acceptedRanges(acceptEncoding ?? '')
  const weightOf = (name: string) => ranges.find(({ type }) => type === name)?.weight ?? 0
  const [best] = CONTENT_ENCODINGS.toSorted((a, b) => weightOf(b) - weightOf(a))
  const isWelcome = best !== undefined && weightOf(best) > 0 && weightOf(best) >= weightOf('identity')
  return isWelcome ? best : 'identity'
}
