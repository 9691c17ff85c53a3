import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { type ChangeLog, EmbeddedChangeLog, type NewRecord } from '@freshet/change-log'
import { type Attributes, CHANGES_TOPIC, changeRecordOf, encodeParts } from '@freshet/events'

const PARTITIONS = 10
const PAGES = 50_000
const WIKIS = 100
const BATCH = 1_000
const BATCHES_IN_FLIGHT = 4
const CORE_BYTES = 900
/** A diff is mostly text of the article, and that compresses about three times: words, of which no two stretches are alike. */
const TEXT_LENGTH = 8 * 1024 * 1024
const WORDS = 4_000
const TEXT = text(TEXT_LENGTH)

/** The wiki that one change in a hundred is on. */
export const ONE_PERCENT_WIKI = 'w7wiki'

/** An embedded log in the folder with such changes, for the next time as well. */
export async function buildReplayLog(folder: string, changes: number, changeBytes: number): Promise<void> {
  if (existsSync(folder)) return
  const unfinished = `${folder}.unfinished`
  const log = await EmbeddedChangeLog.open({
    mode: 'write',
    directory: unfinished,
    retentionSweepIntervalMs: 60_000,
    onMaintenanceFailure: (error) => {
      throw error
    },
  })
  await fillReplayLog(log, changes, changeBytes)
  await log[Symbol.asyncDispose]()
  await rename(unfinished, folder)
}

/** Changes of about `changeBytes` each, as ingest would have appended them. */
export async function fillReplayLog(log: ChangeLog, changes: number, changeBytes: number): Promise<void> {
  await log.ensureTopics([
    {
      name: CHANGES_TOPIC,
      partitions: PARTITIONS,
      cleanup: 'delete',
      retentionMs: undefined,
      retentionBytes: undefined,
    },
  ])
  let next = 0
  const appendOnAndOn = async () => {
    while (next < changes) {
      const from = next
      next += BATCH
      const count = Math.min(BATCH, changes - from)
      await log.append(Array.from({ length: count }, (_, index) => changeRecord(from + index, changeBytes)))
    }
  }
  await Promise.all(Array.from({ length: BATCHES_IN_FLIGHT }, appendOnAndOn))
}

function changeRecord(number: number, changeBytes: number): NewRecord {
  const wiki = `w${number % WIKIS}wiki`
  const page = (number * 7919) % PAGES
  const id = `${wiki}:${number}`
  const place = (number * 104_729) % (TEXT_LENGTH - changeBytes)
  const attributes: Attributes = {
    kind: 'edit',
    performer: number % 3 === 0 ? 'bot' : 'registered',
    minor: number % 5 === 0,
    isRevert: false,
    namespace: number % 4 === 0 ? 1 : 0,
    sizeDelta: (number % 2_000) - 1_000,
    page,
    wiki,
    project: 'wikipedia',
    language: 'en',
    item: `Q${page}`,
    title: `The history of page ${page}`,
    tags: ['mobile edit', 'visualeditor'],
  }
  const core = JSON.stringify({ id, kind: 'edit', wiki, comment: TEXT.slice(place, place + CORE_BYTES) })
  const diffStart = place + CORE_BYTES
  const diff = JSON.stringify({ text: TEXT.slice(diffStart, diffStart + changeBytes - CORE_BYTES - 70) })
  const parts = encodeParts(core, new Map([['diff', diff]]))
  return changeRecordOf({ id, key: `${wiki}:${page}`, attributes, parts })
}

/** The same every time. */
function text(length: number): string {
  let state = 1
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
  const words = Array.from({ length: WORDS }, () =>
    Array.from({ length: 3 + next(7) }, () => String.fromCharCode(97 + next(26))).join(''),
  )
  const picked: string[] = []
  for (let size = 0; size < length; ) {
    // Few words are common and most are rare, as in any language.
    const word = words[Math.floor(next(WORDS) ** 2 / WORDS)] ?? ''
    picked.push(word)
    size += word.length + 1
  }
  return picked.join(' ').slice(0, length)
}
