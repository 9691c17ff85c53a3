import fc from 'fast-check'

const AWKWARD = [
  '\u{1f469}\u200d\u{1f4bb}',
  '\ud83d',
  '\ude00',
  '\u{1f1eb}\u{1f1ee}',
  'e\u0301',
  '\u0301',
  '\r',
  '\0',
  '\u2028',
  '\t',
  '中',
  '文',
  'กขา',
  'ที่นี่',
]

const word = fc.oneof(
  fc.constantFrom('the', 'teh', 'of', ' ', ' ', '', '[[', ']]', '|-', '==', ...AWKWARD),
  fc.string({ unit: 'binary', maxLength: 4 }),
)
const line = fc.array(word, { maxLength: 12 }).map((words) => words.join(''))
const text = fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n'))

type Edit = {
  kind: 'drop' | 'insert' | 'move' | 'repeat'
  at: number
  length: number
  to: number
  inserted: string
}

const edit: fc.Arbitrary<Edit> = fc.record({
  kind: fc.constantFrom('drop', 'insert', 'move', 'repeat'),
  at: fc.nat(200),
  length: fc.nat(40),
  to: fc.nat(200),
  inserted: line,
})

/** Two texts: unrelated ones, and such that one came from the other by edits at any UTF-16 offset. */
export const editedTexts: fc.Arbitrary<[string, string]> = fc.oneof(
  fc.tuple(text, text),
  fc
    .tuple(text, fc.array(edit, { maxLength: 5 }))
    .map(([base, edits]): [string, string] => [base, edits.reduce(applyEdit, base)]),
)

function applyEdit(text: string, { kind, at, length, to, inserted }: Edit): string {
  const span = text.slice(at, at + length)
  const without = text.slice(0, at) + text.slice(at + length)
  switch (kind) {
    case 'drop':
      return without
    case 'insert':
      return text.slice(0, at) + inserted + text.slice(at)
    case 'repeat':
      return text.slice(0, at) + span + text.slice(at)
    case 'move':
      return without.slice(0, to) + span + without.slice(to)
  }
}
