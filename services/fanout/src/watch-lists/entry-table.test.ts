import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EntryTable } from './entry-table.ts'
import { LookupKey } from './lookup-key.ts'

const tableOf = (entries: readonly string[]) =>
  EntryTable.of(Buffer.from(entries.map((entry) => `${entry}\n`).join('')), entries.length)
/** Few characters, so that many begin or end alike. */
const entry = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'é', '🦤'), minLength: 1, maxLength: 6 }),
  fc.nat(30).map(String),
)

describe('a table of entries', () => {
  it('has exactly what was put into it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(entry), fc.array(entry), async (entries, others) => {
        const table = await tableOf(entries)
        const key = new LookupKey()
        for (const value of [...entries, ...others, '']) {
          key.become(value)
          expect(table.has(key)).toBe(entries.includes(value))
        }
      }),
    )
  })

  it('takes tens of bytes for each of 100,000 titles, and finds them all', async () => {
    const titles = Array.from({ length: 100_000 }, (_, index) => `Article about ${index}`)
    const table = await tableOf(titles)
    const key = new LookupKey()
    const found = titles.filter((title) => {
      key.become(title)
      return table.has(key)
    })
    expect(found).toHaveLength(titles.length)
    expect(table.bytes / titles.length).toBeLessThan(40)
    key.become('x'.repeat(100_000))
    expect(table.has(key)).toBe(false)
  })
})
