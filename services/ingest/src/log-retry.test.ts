import { LogCorruptError, LogUnavailableError } from '@freshet/change-log'
import { describe, expect, it } from 'vitest'
import { retryWhileLogUnavailable } from './log-retry.ts'
import { SimulatedTime } from './revision-texts/simulated-time.ts'

describe('trying again while the log is unavailable', () => {
  it('waits longer from failure to failure, up to a bound', async () => {
    const { sleptMs, attempts } = await failing(6, () => {})
    expect(sleptMs).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000])
    expect(attempts).toBe(7)
  })

  it('waits as for a first failure again, when the log has worked in between', async () => {
    const { sleptMs } = await failing(5, (attempt, worked) => {
      if (attempt === 4) worked()
    })
    expect(sleptMs).toEqual([500, 1_000, 2_000, 500, 1_000])
  })

  it('takes off up to half, so that those who failed together do not come back together', async () => {
    const { sleptMs } = await failing(2, () => {}, 0.5)
    expect(sleptMs).toEqual([375, 750])
  })

  it('rejects with what waiting cannot mend', async () => {
    const time = { clock: new SimulatedTime(), random: () => 0 }
    const attempt = () => Promise.reject(new LogCorruptError('broken'))
    const { signal } = new AbortController()
    await expect(retryWhileLogUnavailable('test', attempt, signal, time)).rejects.toThrow(LogCorruptError)
    expect(time.clock.sleptMs).toEqual([])
  })

  it('ends with the reason of the signal', async () => {
    const stopping = new AbortController()
    const attempt = async () => {
      stopping.abort(new Error('stopping'))
      throw new LogUnavailableError('away')
    }
    await expect(retryWhileLogUnavailable('test', attempt, stopping.signal)).rejects.toThrow('stopping')
  })
})

/** So many attempts that fail, and one that does not. */
async function failing(
  failures: number,
  during: (attempt: number, worked: () => void) => void,
  random = 0,
): Promise<{ readonly sleptMs: readonly number[]; readonly attempts: number }> {
  const clock = new SimulatedTime()
  let attempts = 0
  const attempt = async (worked: () => void) => {
    attempts++
    during(attempts, worked)
    if (attempts <= failures) throw new LogUnavailableError('away')
  }
  await retryWhileLogUnavailable('test', attempt, new AbortController().signal, {
    clock,
    random: () => random,
  })
  return { sleptMs: clock.sleptMs, attempts }
}
