/** What the fan-out benchmark sends: events of about 2 KB, as text that compresses about as well as real diffs do. */

/** So many channels, each a wiki of its own, for the rows in which a subscriber wants one in a hundred. */
export const CHANNELS = 100

const DIFF_BYTES = 1_750
const VOCABULARY = 4_000
const TEXTS = 64

export interface BenchmarkEvent {
  readonly core: string
  readonly diff: string
}

/** `at`: when it was made, on the clock that all processes of a machine share, in microseconds. */
export function benchmarkEvent(number: number): BenchmarkEvent {
  const core = JSON.stringify({
    id: `${wikiOf(number)}:${number}`,
    at: nowMicroseconds(),
    kind: 'edit',
    wiki: wikiOf(number),
    page: { id: number % 5_000, title: 'Ada Lovelace', namespace: 0 },
    revision: { id: number + 1, parentId: number, sizeBytes: 10_000, comment: 'a few words', tags: [] },
    performer: { kind: 'registered' },
  })
  return { core, diff: texts[number % TEXTS] ?? '' }
}

export function wikiOf(number: number): string {
  return `w${number % CHANNELS}wiki`
}

export function nowMicroseconds(): number {
  return Number(process.hrtime.bigint() / 1_000n)
}

/** The same numbers in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const random = seededRandom(1)
const words = Array.from({ length: VOCABULARY }, () =>
  Array.from({ length: 2 + Math.floor(random() * 8) }, () =>
    String.fromCharCode(97 + Math.floor(random() ** 2 * 26)),
  ).join(''),
)
const texts = Array.from({ length: TEXTS }, () => {
  let text = ''
  while (text.length < DIFF_BYTES) text += `${words[Math.floor(random() ** 2 * VOCABULARY)]} `
  return JSON.stringify({ hunks: [{ type: 'put', text: text.slice(0, DIFF_BYTES) }] })
})
