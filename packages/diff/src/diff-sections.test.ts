import { describe, expect, it } from 'vitest'
import { diffSections } from './index.ts'

const lead = 'A town by the sea, known for its harbour.\n'
const history =
  '== History ==\nThe town was founded in the ninth century by settlers from the north.\nIt grew with the herring trade.\n'
const wars = '=== Wars ===\nThe walls were taken down after the long siege of the town.\n'
const climate = '== Climate ==\nSummers are short and mild, winters long and dark.\n'
const base = lead + history + wars + climate

describe('diffSections', () => {
  it('is empty when nothing changed', () => {
    expect(diffSections(base, base)).toEqual([])
  })

  it('counts what was edited in a section, in lines and code points', () => {
    const text = base.replace('herring', '\u{1f41f} herring').replace('ninth', 'tenth')
    expect(diffSections(base, text)).toEqual([
      {
        changes: ['edited'],
        path: ['History'],
        level: 2,
        lines: { added: 0, removed: 0, changed: 2 },
        characters: { added: 7, removed: 5 },
      },
    ])
  })

  it('names added and removed sections with their paths', () => {
    const added = '=== Name ===\nNobody knows where the name comes from.\n'
    expect(diffSections(base, lead + history + added + climate)).toEqual([
      {
        changes: ['added'],
        path: ['History', 'Name'],
        level: 3,
        lines: { added: 1, removed: 0, changed: 0 },
        characters: { added: 39, removed: 0 },
      },
      {
        changes: ['removed'],
        path: ['History', 'Wars'],
        level: 3,
        lines: { added: 0, removed: 1, changed: 0 },
        characters: { added: 0, removed: 59 },
      },
    ])
  })

  it('knows a renamed section by its text, and does not list what is in it', () => {
    const changes = diffSections(base, base.replace('== History ==', '== The past =='))
    expect(changes).toMatchObject([{ changes: ['renamed'], path: ['The past'], fromPath: ['History'] }])
  })

  it('lists a moved section once, not what moved along with it', () => {
    const longClimate = climate + Array.from({ length: 9 }, (_, month) => `Month ${month} is dry.\n`).join('')
    const changes = diffSections(lead + history + wars + longClimate, lead + longClimate + history + wars)
    expect(changes).toMatchObject([{ changes: ['moved'], path: ['History'] }])
  })

  it('calls a section moved that came into another one', () => {
    const changes = diffSections(base, base.replace('== Climate ==', '=== Climate ==='))
    expect(changes).toMatchObject([
      { changes: ['moved'], path: ['History', 'Climate'], fromPath: ['Climate'] },
    ])
  })

  it('sees that a section was moved, renamed and edited at once', () => {
    const moved = climate.replace('Climate', 'Weather').replace('dark', 'rainy')
    const changes = diffSections(base, lead + moved + history + wars)
    expect(changes).toMatchObject([
      { changes: ['renamed', 'moved', 'edited'], path: ['Weather'], fromPath: ['Climate'] },
    ])
  })

  it('does not take lines in comments and verbatim blocks for headings', () => {
    const text = `${base}<!--\n== Hidden ==\n-->\n<pre>\n== Code ==\n</pre>\n<nowiki>\n== Open ==\n`
    const paths = diffSections(base, text).map(({ path }) => path)
    expect(paths).toEqual([['Climate'], ['Open']])
  })

  it('has all sections removed when a page is blanked, and all added when it is created', () => {
    const kinds = (before: string, after: string) =>
      diffSections(before, after).map(({ changes }) => changes.join('+'))
    expect(kinds(base, '')).toEqual(['edited', 'removed', 'removed', 'removed'])
    expect(kinds('', base)).toEqual(['edited', 'added', 'added', 'added'])
  })
})
