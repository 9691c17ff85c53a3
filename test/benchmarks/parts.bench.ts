/**
 * `npm run bench:parts`: what the parts of a change cost together, on real edits; and what the worst pages do to the
 * event loop of the service, which answers requests meanwhile.
 */
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { BlockCache } from '@freshet/chunks'
import { PARTS, type Part } from '@freshet/protocol'
import { WORST_CASES } from '../../packages/diff/src/testing/worst-cases.ts'
import type { PartInput } from '../../services/ingest/src/parts/part-input.ts'
import { partsOf } from '../../services/ingest/src/parts/parts-of.ts'
import { FreshetProcess } from '../harness/freshet-process.ts'
import { framesOf } from '../harness/subscriber.ts'
import { EMBEDDED } from '../harness/test-log.ts'
import { percentile } from './percentile.ts'

const WARM_UP_ROUNDS = 2
const TIMED_ROUNDS = 5
const CACHE_SOURCE_LENGTH_MAX = 8 * 1024 ** 2
const MEBIBYTE = 1024 ** 2

const PART_SETS: readonly (readonly Part[])[] = [
  ['diff'],
  ['diff', 'patch', 'wikitext'],
  ['diff', 'chunks', 'facts'],
  PARTS.filter((part) => part !== 'core'),
]

const WIKITEXT_CASES = ['{{', '[[', '{|\n', '<ref>'].map((opening) => ({
  name: `1 MB of unclosed ${opening.trim()}`,
  make: () => {
    const text = opening.repeat(MEBIBYTE / opening.length)
    return [text, `${text}x`] as const
  },
}))

const dataUrl = new URL('../../../shared/data/wikidiff2-revision-pairs.json.gz', import.meta.url)
if (existsSync(dataUrl)) printRealEdits()
else print('The real edits are not there; only the worst cases are measured.')
await printWorstCases()

function printRealEdits(): void {
  const pairs: Record<string, [string, string][]> = JSON.parse(gunzipSync(readFileSync(dataUrl)).toString())
  const inputs = Object.entries(pairs).flatMap(([language, edits]) =>
    edits.map(([base, text]) => inputOf(language, base, text)),
  )
  print(`The parts of ${inputs.length} real edits, ms an edit (a cache of blocks of its own for each)`)
  for (const parts of PART_SETS) {
    const times = inputs.map((input) => timeOf(input, parts))
    const [p50, p95, max] = [0.5, 0.95, 1].map((share) => percentile(times, share).toFixed(2))
    print(`  ${parts.join(' ')}: p50 ${p50}, p95 ${p95}, max ${max}`)
  }
}

/** The median of several rounds, so that what else the machine does shows less. */
function timeOf(input: PartInput, parts: readonly Part[]): number {
  const times: number[] = []
  for (let round = 0; round < WARM_UP_ROUNDS + TIMED_ROUNDS; round++) {
    const startedAt = performance.now()
    partsOf(input, parts, new BlockCache({ sourceLengthMax: CACHE_SOURCE_LENGTH_MAX }))
    if (round >= WARM_UP_ROUNDS) times.push(performance.now() - startedAt)
  }
  return percentile(times, 0.5)
}

function inputOf(language: string, base: string, text: string): PartInput {
  return {
    edit: {
      oldTitle: 'Page',
      newTitle: 'Page',
      language,
      contentModel: 'wikitext',
      parentId: 1,
      revisionId: 2,
    },
    base: { status: 'available', text: base },
    text: { status: 'available', text },
  }
}

async function printWorstCases(): Promise<void> {
  await using freshet = await FreshetProcess.start({
    log: EMBEDDED,
    options: ['--source', 'none', '--mediawiki-api', 'none'],
    dataDir: undefined,
    port: 0,
  })
  const frames = framesOf(
    `${freshet.url}/v1/changes?from=latest&parts=core,diff`,
    new AbortController().signal,
  )
  await frames.next()
  print(
    '\nThe worst pages through the service, all parts: from post to subscriber, longest stall of its event loop',
  )
  const cases = [...WORST_CASES, ...WIKITEXT_CASES]
  for (const [index, { name, make }] of cases.entries()) {
    const [base, text] = make()
    await deliver(freshet.url, frames, edit(index + 1, 1, base))
    await sleep(100)
    await stallMs(freshet.url)
    const startedAt = performance.now()
    const change = await deliver(freshet.url, frames, edit(index + 1, 2, text))
    const coarse = (change.diff as { coarse?: boolean }).coarse === true ? ', coarse' : ''
    const ms = Math.round(performance.now() - startedAt)
    print(`  ${name}: ${ms} ms${coarse}; stall ${Math.round(await stallMs(freshet.url))} ms`)
  }
}

function edit(page: number, revision: number, text: string) {
  return {
    kind: revision === 1 ? 'create' : 'edit',
    wiki: 'testwiki',
    language: 'en',
    page: { id: page, title: `Page ${page}`, namespace: 0 },
    revision: { id: page * 10 + revision, parentId: revision === 1 ? 0 : page * 10 + revision - 1 },
    editedAt: '2026-01-02T03:04:05Z',
    text,
  }
}

async function deliver(url: string, frames: ReturnType<typeof framesOf>, sent: ReturnType<typeof edit>) {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}/v1/edits`, { method: 'POST', headers, body: JSON.stringify(sent) })
  if (answer.status !== 201) throw new Error(await answer.text())
  for (;;) {
    const { value, done } = await frames.next()
    if (done) throw new Error('the stream ended')
    if (value.type === 'change' && value.change.revision?.id === sent.revision.id) return value.change
  }
}

/** Since it was last asked. */
async function stallMs(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(metrics)?.[1]) * 1_000
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
