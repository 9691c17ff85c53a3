import { describe, expect, it } from 'vitest'
import { SlowSubscriberRule, type SubscriberObservation } from './slow-subscriber-rule.ts'

const LIMITS = { lagRecordsMin: 1_000, lagMsMin: 60_000, windowMs: 30_000, recordsMin: 10 }
const STUCK = { isBlocked: true, passedRecords: 500, lagRecords: 5_000, lagMs: 120_000 }

/** What the rule says, second after second. */
function verdicts(seconds: number, observe: (second: number) => Partial<SubscriberObservation>): boolean[] {
  const rule = new SlowSubscriberRule(LIMITS)
  return Array.from({ length: seconds }, (_, second) =>
    rule.isTooSlow({ ...STUCK, nowMs: second * 1_000, ...observe(second) }),
  )
}

describe('the slow-subscriber rule', () => {
  it('closes who is far behind and has not moved for a whole window', () => {
    const given = verdicts(31, () => ({}))
    expect(given.indexOf(true)).toBe(30)
  })

  it('never closes who progresses, however slowly it reads', () => {
    expect(verdicts(600, (second) => ({ passedRecords: second }))).not.toContain(true)
  })

  it('never closes who is near, in records or in time', () => {
    expect(verdicts(600, () => ({ lagRecords: 999 }))).not.toContain(true)
    expect(verdicts(600, () => ({ lagMs: 59_999 }))).not.toContain(true)
    expect(verdicts(600, () => ({ lagMs: null }))).not.toContain(true)
  })

  it('never closes who waits for the log and not the other way round', () => {
    expect(verdicts(600, () => ({ isBlocked: false }))).not.toContain(true)
    expect(verdicts(600, (second) => ({ isBlocked: second % 29 !== 0 }))).not.toContain(true)
  })

  it('closes who moved once and then stopped', () => {
    expect(verdicts(100, (second) => ({ passedRecords: Math.min(second * 5, 100) }))).toContain(true)
  })
})
