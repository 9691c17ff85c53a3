import { InMemoryChangeLog } from '@freshet/change-log'
import { beforeEach, describe, expect, it } from 'vitest'
import { changeRecord, changesTopic } from '../testing/change-records.ts'
import { sampleChanges } from './sample-changes.ts'

const NEVER = new AbortController().signal
const WHOLE = { parts: ['core', 'diff'], recordsMax: 1_000, bytesMax: 1024 ** 2 } as const

describe('samples of the log', () => {
  let log: InMemoryChangeLog

  beforeEach(async () => {
    log = new InMemoryChangeLog()
    await log.ensureTopics([changesTopic(3, undefined)])
  })
  const append = async (count: number, diffBytes = 10) => {
    const ids = Array.from({ length: count }, (_, index) => `c${index}`)
    await log.append(ids.map((id, index) => changeRecord(id, { page: index % 20 }, diffBytes)))
    return ids
  }
  const texts = async (options: Omit<Parameters<typeof sampleChanges>[0], 'log'>) =>
    (await sampleChanges({ log, ...options }, NEVER)).map(({ bytes }) => Buffer.from(bytes).toString())

  it('are frames as partners get them, with the parts asked for, by page', async () => {
    const ids = await append(30)
    const samples = await texts(WHOLE)
    expect(samples.map((text) => /"id":"(\w+)"/.exec(text)?.[1]).toSorted()).toEqual(ids.toSorted())
    const changes = samples.map((text) => /^(?:data: |\{"type":"change".*"change":)(\{.*\})/m.exec(text)?.[1])
    for (const change of changes) expect(change).toContain('"diff":"x')
    expect(new Set(samples.map((text) => text.slice(0, 4)))).toEqual(new Set(['id: ', '{"ty']))
    expect((await texts({ ...WHOLE, parts: ['core'] })).join('')).not.toContain('"diff"')
    const pages = new Set((await sampleChanges({ log, ...WHOLE }, NEVER)).map(({ page }) => page))
    expect(pages.size).toBe(20)
  })

  it('are of the newest changes only, within the bounds', async () => {
    await append(300)
    const few = await texts({ ...WHOLE, recordsMax: 30 })
    expect(few).toHaveLength(30)
    expect(few.join('')).not.toContain('"id":"c0"')
    const small = await texts({ ...WHOLE, bytesMax: 2_000 })
    expect(small.join('').length).toBeLessThanOrEqual(2_000)
    expect(small.length).toBeGreaterThan(5)
  })

  it('hold the beginning of a large change, and nothing of what is damaged', async () => {
    await append(1, 200_000)
    await log.append([{ ...changeRecord('damaged', {}), headers: {} }])
    const samples = await texts(WHOLE)
    expect(samples.map(({ length }) => length)).toEqual([64 * 1024])
  })

  it('of an empty log are none', async () => {
    expect(await texts(WHOLE)).toEqual([])
  })
})
