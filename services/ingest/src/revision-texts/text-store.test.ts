import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { STORE_BYTES_MIN, TextStore } from './text-store.ts'

const WIKI = 'enwiki'
const MIB = 1024 * 1024

let folder: string
let path: string
let logged: object[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'freshet-text-store-'))
  path = join(folder, 'texts.sqlite')
  logged = []
})

afterEach(() => rmSync(folder, { recursive: true }))

describe('TextStore', () => {
  test('has a text again after it was opened anew', () => {
    withStore((store) => store.store([entry(1, 'a text'), entry(2 ** 40, 'ünïcödé 👩‍👩‍👧')]))
    withStore((store) => {
      expect(store.find(WIKI, 1)).toBe('a text')
      expect(store.find(WIKI, 2 ** 40)).toBe('ünïcödé 👩‍👩‍👧')
      expect(store.find(WIKI, 3)).toBeUndefined()
      expect(store.find('frwiki', 1)).toBeUndefined()
    })
  })

  test('keeps what it has when a revision is stored again', () => {
    withStore((store) => {
      store.store([entry(1, 'first'), entry(1, 'second')])
      store.store([entry(1, 'third')])
      expect(store.find(WIKI, 1)).toBe('first')
    })
  })

  test('lets the texts go that were stored first, and stays within its bound', () => {
    withStore((store) => {
      for (let id = 1; id <= 400; id++) store.store([entry(id, incompressible(10_000))])
      expect(store.usedBytes).toBeLessThanOrEqual(MIB)
      expect(store.usedBytes).toBeGreaterThan(MIB / 2)
      const kept = Array.from({ length: 400 }, (_, index) => store.find(WIKI, index + 1) !== undefined)
      const firstKept = kept.indexOf(true)
      expect(firstKept).toBeGreaterThan(200)
      expect(kept.slice(firstKept)).toEqual(Array(400 - firstKept).fill(true))
    })
    // The pages of texts that went are used again, so that the file does not grow either.
    expect(statSync(path).size).toBeLessThan(1.5 * MIB)
  })

  test('applies a smaller bound to what it holds', () => {
    withStore((store) =>
      store.store(Array.from({ length: 80 }, (_, id) => entry(id, incompressible(10_000)))),
    )
    withStore((store) => {
      store.store([entry(100, 'the last')])
      expect(store.usedBytes).toBeLessThanOrEqual(STORE_BYTES_MIN)
      expect(store.find(WIKI, 100)).toBe('the last')
    }, STORE_BYTES_MIN)
  })

  test('does not let one huge text push out all others', () => {
    withStore((store) => {
      store.store([entry(1, 'small')])
      store.store([entry(2, incompressible(MIB))])
      expect(store.find(WIKI, 1)).toBe('small')
      expect(store.find(WIKI, 2)).toBeUndefined()
    })
  })

  test('leaves no byte of an erased text in its files', () => {
    withStore((store) => {
      store.store([entry(1, 'before'), entry(2, incompressible(20_000)), entry(3, 'after')])
      const content = contentOf(2)
      const marks = [100, content.length / 2, content.length - 100].map((at) => content.subarray(at, at + 20))
      expect(marks.map(isInFiles)).toEqual([true, true, true])
      store.erase(WIKI, [2, 99])
      expect(marks.map(isInFiles)).toEqual([false, false, false])
      expect([1, 2, 3].map((id) => store.find(WIKI, id))).toEqual(['before', undefined, 'after'])
    })
  })

  test('loses no text that was stored when its process is killed, time and again', async () => {
    let storedUpTo = 0
    for (let round = 0; round < 5; round++) {
      storedUpTo = await storeUntilKilled(storedUpTo + 1, 25 * (round + 1))
      withStore((store) => {
        for (let id = 1; id <= storedUpTo; id++) expect(store.find(WIKI, id)).toBe(`text ${id}`)
      }, 64 * MIB)
    }
    expect(logged).toEqual([])
  })

  test('moves a file aside that is no database, and begins anew', () => {
    writeFileSync(path, 'not a database at all, '.repeat(1_000))
    withStore((store) => {
      store.store([entry(1, 'a text')])
      expect(store.find(WIKI, 1)).toBe('a text')
    })
    expect(readFileSync(`${path}.corrupt`, 'utf8')).toMatch(/^not a database/)
    expect(logged).toHaveLength(1)
    withStore((store) => expect(store.find(WIKI, 1)).toBe('a text'))
  })

  test('begins anew when it comes upon a corrupt page while it works', () => {
    withStore((store) =>
      store.store(Array.from({ length: 60 }, (_, id) => entry(id, incompressible(10_000)))),
    )
    const file = readFileSync(path)
    file.fill(0xaa, 4_096)
    writeFileSync(path, file)
    withStore((store) => {
      expect(store.find(WIKI, 1)).toBeUndefined()
      store.store([entry(1, 'a text')])
      expect(store.find(WIKI, 1)).toBe('a text')
    })
    expect(logged).toHaveLength(1)
    expect(existsSync(`${path}.corrupt`)).toBe(true)
  })

  test('does not leave a text in what was moved aside when it has to erase it', () => {
    writeFileSync(path, 'a secret in a corrupt file')
    withStore((store) => {
      expect(isInFiles('a secret')).toBe(true)
      store.erase(WIKI, [1])
      expect(isInFiles('a secret')).toBe(false)
    })
  })

  test('drops a text that rotted on disk instead of giving another one', () => {
    withStore((store) => store.store([entry(1, 'rotting'), entry(2, 'sound')]))
    const rotten = contentOf(1).toString('latin1').replace('rotting', 'rotten!')
    expect(rotten).toContain('rotten!')
    using database = new DatabaseSync(path)
    const update = database.prepare('UPDATE texts SET content = ? WHERE revision_id = 1')
    update.run(Buffer.from(rotten, 'latin1'))
    withStore((store) => {
      expect([store.find(WIKI, 1), store.find(WIKI, 2)]).toEqual([undefined, 'sound'])
      store.store([entry(1, 'the right one')])
      expect(store.find(WIKI, 1)).toBe('the right one')
    })
    expect(logged).toHaveLength(1)
  })

  test('goes on without keeping texts while it cannot be written to, and warns once', () => {
    withStore((store) => {
      store.store([entry(1, 'before')])
      const database = new DatabaseSync(path)
      database.exec("CREATE TRIGGER full BEFORE INSERT ON texts BEGIN SELECT RAISE(ABORT, 'full'); END")
      store.store([entry(2, 'lost')])
      store.store([entry(3, 'lost')])
      expect([1, 2, 3].map((id) => store.find(WIKI, id))).toEqual(['before', undefined, undefined])
      expect(logged).toHaveLength(1)

      database.exec('DROP TRIGGER full')
      database.close()
      store.store([entry(4, 'kept')])
      expect(store.find(WIKI, 4)).toBe('kept')
    })
  })

  test('refuses a bound that leaves room for nothing', () => {
    expect(() => open(1_000)).toThrow(RangeError)
  })
})

function open(bytesMax = MIB): TextStore {
  const logger = pino({ level: 'info' }, { write: (line: string) => logged.push(JSON.parse(line)) })
  return new TextStore({ path, bytesMax, logger })
}

function withStore(use: (store: TextStore) => void, bytesMax?: number): void {
  const store = open(bytesMax)
  try {
    use(store)
  } finally {
    store.close()
  }
}

function entry(revisionId: number, text: string) {
  return { wiki: WIKI, revisionId, text }
}

/** Random text, of which a compressor can save a quarter at most. */
function incompressible(length: number): string {
  return randomBytes(length).toString('base64').slice(0, length)
}

/** What stands on disk for a text. */
function contentOf(revisionId: number): Buffer {
  using database = new DatabaseSync(path)
  const row = database.prepare('SELECT content FROM texts WHERE revision_id = ?').get(revisionId)
  return Buffer.from(row?.content as Uint8Array)
}

function isInFiles(mark: string | Buffer): boolean {
  return readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes(mark))
}

/** Stores texts one by one in another process, which is killed once it has said that so many are stored. */
async function storeUntilKilled(fromId: number, count: number): Promise<number> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'text-store-writer.ts'), path, String(fromId)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let storedUpTo = fromId - 1
  for await (const line of createInterface(child.stdout)) {
    storedUpTo = Number(line)
    if (storedUpTo === fromId - 1 + count) child.kill('SIGKILL')
  }
  if (child.signalCode === null) await once(child, 'exit')
  return storedUpTo
}
