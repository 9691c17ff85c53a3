import { expect, it } from 'vitest'
import { retryAfterMs } from './retry-after.ts'

const NOW_MS = Date.parse('2026-03-04T05:06:07Z')

it.for([
  [null, undefined],
  ['', undefined],
  ['soon', undefined],
  ['0', 0],
  [' 120 ', 120_000],
  ['Wed, 04 Mar 2026 05:06:37 GMT', 30_000],
  ['Wed, 04 Mar 2026 05:06:00 GMT', 0],
  ['999999999', 3_600_000],
] as const)('reads Retry-After %j as %s ms', ([header, delayMs]) => {
  expect(retryAfterMs(header, NOW_MS)).toBe(delayMs)
})
