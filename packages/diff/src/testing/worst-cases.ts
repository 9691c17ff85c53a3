/** Pairs of texts that make a diff without limits run for minutes. Deterministic. */
export interface WorstCase {
  readonly name: string
  readonly make: () => readonly [base: string, text: string]
}

export const WORST_CASES: readonly WorstCase[] = [
  { name: 'two unrelated texts of 200 KB', make: () => [prose(1, 200_000), prose(2, 200_000)] },
  { name: '20,000 lines, all different', make: () => [numberedLines('old'), numberedLines('new')] },
  { name: '20,000 lines reversed', make: reversedLines },
  { name: 'one line of 228 KB, 50 words in another order', make: () => [oneLine(3), oneLine(4)] },
  { name: '1 MB of one-character lines', make: () => [shortLines(5), shortLines(6)] },
  { name: '20,000 lines, each edited', make: editedLines },
  { name: 'one line of 228 KB of Thai without a space', make: () => [thaiLine(7), thaiLine(8)] },
]

const LINES = 20_000

function numberedLines(word: string): string {
  return Array.from({ length: LINES }, (_, line) => `${word} line ${line}`).join('\n')
}

function reversedLines(): [string, string] {
  const lines = numberedLines('a').split('\n')
  return [lines.join('\n'), lines.reverse().join('\n')]
}

function editedLines(): [string, string] {
  const base = Array.from(
    { length: LINES },
    (_, line) => `* entry ${line} of the list, seen ${line % 7} times`,
  )
  return [base.join('\n'), base.map((line) => line.replace('seen', 'found')).join('\n')]
}

function prose(seed: number, length: number): string {
  const random = randomNumbers(seed)
  let text = ''
  while (text.length < length) {
    const words = Array.from(
      { length: 5 + (random() % 60) },
      () => `w${(random() % 5_000).toString(36)}${seed}`,
    )
    text += `${words.join(' ')}.\n`
  }
  return text
}

function oneLine(seed: number): string {
  const random = randomNumbers(seed)
  return Array.from({ length: 60_000 }, () => `w${random() % 50}`).join(' ')
}

function shortLines(seed: number): string {
  const random = randomNumbers(seed)
  return Array.from({ length: 500_000 }, () => String.fromCharCode(97 + (random() % 26))).join('\n')
}

function thaiLine(seed: number): string {
  const random = randomNumbers(seed)
  const words = ['ภาษา', 'ไทย', 'เป็น', 'ที่', 'ใช้', 'ใน', 'ประเทศ', 'คน', 'มาก', 'และ']
  return Array.from({ length: 22_000 }, () => words[random() % words.length]).join('')
}

/** A linear congruential generator: the same numbers in every run. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}
