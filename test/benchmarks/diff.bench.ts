/**
 * What a diff costs in time, bytes and, at worst, memory:
 *
 *     node test/benchmarks/diff.bench.ts
 *
 * On the 125 real edits that lie beside the repository on developers' machines, next to jsdiff in the same run; and on
 * made-up worst cases, each in a process of its own.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { gunzipSync } from 'node:zlib'
import { compareTexts, diffSections, diffTexts, unifiedPatch } from '@freshet/diff'
import { createTwoFilesPatch, diffLines, diffWords } from 'diff'
import { WORST_CASES } from '../../packages/diff/src/testing/worst-cases.ts'
import { percentile } from './percentile.ts'

type Edit = readonly [base: string, text: string]

/** The first rounds warm the code up and are not counted. */
const WARM_UP_ROUNDS = 3
const TIMED_ROUNDS = 5
const MOVED_LENGTH = 43_000
/** Without it jsdiff's words take more than ten seconds on one of the edits. */
const WORDS_TIMEOUT_MS = 500

const NAMES = { oldName: 'Page', newName: 'Page' }
const IDS = { from: 1, to: 2 }

const REFERENCE = 'jsdiff unified'
const OPERATIONS: Readonly<Record<string, (base: string, text: string) => unknown>> = {
  diff: diffTexts,
  patch: (base, text) => unifiedPatch(base, text, NAMES),
  compare: (base, text) => compareTexts(base, text, IDS),
  sections: diffSections,
  'jsdiff lines': diffLines,
  'jsdiff words': (base, text) => diffWords(base, text, { timeout: WORDS_TIMEOUT_MS }),
  [REFERENCE]: (base, text) => createTwoFilesPatch('Page', 'Page', base, text),
}

const dataUrl = new URL('../../../shared/data/wikidiff2-revision-pairs.json.gz', import.meta.url)
const [operation, worstCase] = process.argv.slice(2)
if (operation !== undefined && worstCase !== undefined) print(JSON.stringify(costOf(operation, worstCase)))
else {
  if (existsSync(dataUrl)) printRealEdits()
  else print('The real edits are not there; only the worst cases are measured.\n')
  printWorstCases()
}

function printRealEdits(): void {
  const pairs: Record<string, Edit[]> = JSON.parse(gunzipSync(readFileSync(dataUrl)).toString())
  const edits = Object.values(pairs).flat()
  printTimes(edits)
  printSizes(edits)
  printMovedSection(edits)
}

function printTimes(edits: readonly Edit[]): void {
  const times = Object.entries(OPERATIONS).map(([name, run]) => ({ name, times: timesOf(run, edits) }))
  const reference = times.find(({ name }) => name === REFERENCE)?.times ?? []
  print(`${edits.length} edits of Wikipedia, ms\n`)
  print(`| | p50 | p95 | max | p50 / ${REFERENCE} | p95 / ${REFERENCE} |`)
  print('|---|---|---|---|---|---|')
  for (const { name, times: own } of times) {
    const ratios = [0.5, 0.95].map((share) =>
      (percentile(own, share) / percentile(reference, share)).toFixed(2),
    )
    const [p50, p95, max] = [0.5, 0.95, 1].map((share) => percentile(own, share).toFixed(3))
    print(`| ${name} | ${p50} | ${p95} | ${max} | ${ratios.join(' | ')} |`)
  }
}

/** Per edit the median of its rounds, so that a pause of the machine does not count as the edit's. */
function timesOf(run: (base: string, text: string) => unknown, edits: readonly Edit[]): number[] {
  const rounds = Array.from({ length: WARM_UP_ROUNDS + TIMED_ROUNDS }, () =>
    edits.map(([base, text]) => {
      const startedAt = performance.now()
      run(base, text)
      return performance.now() - startedAt
    }),
  ).slice(WARM_UP_ROUNDS)
  return edits.map((_, edit) =>
    percentile(
      rounds.map((round) => round[edit] ?? Number.NaN),
      0.5,
    ),
  )
}

function printSizes(edits: readonly Edit[]): void {
  const changed = edits.filter(([base, text]) => base !== text)
  const diffs = changed.map(([base, text]) => byteLength(diffTexts(base, text)))
  const patches = changed.map(([base, text]) => Buffer.byteLength(unifiedPatch(base, text, NAMES)))
  const ratios = diffs.map((bytes, index) => bytes / (patches[index] ?? Number.NaN))
  print(
    `\nBytes per edit, median: diff ${percentile(diffs, 0.5)}, patch ${percentile(patches, 0.5)}; a diff is ${percentile(ratios, 0.5).toFixed(2)} of its patch (median), ${(sum(diffs) / sum(patches)).toFixed(2)} in total`,
  )
}

/** A section of 43 KB goes from the start of an article to its end. */
function printMovedSection(edits: readonly Edit[]): void {
  const [article] = edits.find(([base]) => base.length > 2 * MOVED_LENGTH) ?? ['']
  const lines = article.split('\n')
  let length = 0
  const end = lines.findIndex((line) => {
    length += line.length + 1
    return length > MOVED_LENGTH
  })
  const moved = [...lines.slice(end), ...lines.slice(0, end)].join('\n')
  const patchBytes = Buffer.byteLength(unifiedPatch(article, moved, NAMES))
  print(
    `A section of ${length} characters moved: diff ${byteLength(diffTexts(article, moved))} bytes, patch ${patchBytes}\n`,
  )
}

interface Cost {
  readonly milliseconds: number
  /** How far the memory rose above what the process had with both texts in hand. */
  readonly megabytes: number
}

function printWorstCases(): void {
  print('Worst cases, cold, each in a process of its own\n')
  print('| | diff | patch | sections | result |')
  print('|---|---|---|---|---|')
  for (const { name, make } of WORST_CASES) {
    const costs = ['diff', 'patch', 'sections'].map((operation) => {
      const output = execFileSync(process.execPath, [import.meta.filename, operation, name])
      const { milliseconds, megabytes }: Cost = JSON.parse(output.toString())
      return `${milliseconds.toFixed(0)} ms, ${megabytes.toFixed(0)} MB`
    })
    const diff = diffTexts(...make())
    const result = 'ops' in diff ? `${diff.ops.length} ops` : 'replaced'
    print(`| ${name} | ${costs.join(' | ')} | ${result}${diff.coarse ? ', coarse' : ''} |`)
  }
}

function costOf(operation: string, name: string): Cost {
  const run = OPERATIONS[operation]
  const found = WORST_CASES.find((candidate) => candidate.name === name)
  if (run === undefined || found === undefined) throw new Error(`there is no "${operation}" of "${name}"`)
  const [base, text] = found.make()
  const memoryBefore = process.resourceUsage().maxRSS
  const startedAt = performance.now()
  run(base, text)
  const milliseconds = performance.now() - startedAt
  return { milliseconds, megabytes: (process.resourceUsage().maxRSS - memoryBefore) / 1_000 }
}

function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
