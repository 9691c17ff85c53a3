import { BROTLI } from '../representation/brotli-encoding.ts'
import type { ContentEncoding } from '../representation/content-encoding.ts'
import { GZIP } from '../representation/gzip-encoding.ts'
import { ZSTD } from '../representation/zstd-encoding.ts'
import { acceptedRanges } from './accepted-ranges.ts'

/** To everybody; the first wins where two are as welcome. */
const OFFERED: readonly ContentEncoding[] = [GZIP, ZSTD, BROTLI]

/**
 * The encoding that an Accept-Encoding header prefers; `identity` unless one is named. The one with a dictionary that the
 * client has comes first where it is as welcome as others.
 */
export function contentEncodingOf(
  acceptEncoding: string | undefined,
  withDictionary: ContentEncoding | undefined,
): 'identity' | ContentEncoding {
  const ranges = acceptedRanges(acceptEncoding ?? '')
  const weightOf = (name: string) => ranges.find(({ type }) => type === name)?.weight ?? 0
  const offered = withDictionary === undefined ? OFFERED : [withDictionary, ...OFFERED]
  const [best] = offered.toSorted((a, b) => weightOf(b.name) - weightOf(a.name))
  const isWelcome =
    best !== undefined && weightOf(best.name) > 0 && weightOf(best.name) >= weightOf('identity')
  return isWelcome ? best : 'identity'
}
