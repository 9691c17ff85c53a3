import { describe, expect, it } from 'vitest'
import { blocksOf } from './blocks.ts'
import { wikiLanguageOf } from './wiki-language.ts'

function outline(text: string, language = 'en'): string[] {
  return blocksOf(text, wikiLanguageOf(language)).map(
    ({ kind, level, source }) => `${kind}${level || ''} ${JSON.stringify(source)}`,
  )
}

describe('blocks', () => {
  it('are prose, lists, tables and headings', () => {
    const text = '= a =\nb\nc\n\nd\n* e\n# f\n{|\n| g\n|}\n==== h ====<!-- i -->\nj'
    expect(outline(text)).toEqual([
      'heading1 "= a ="',
      'prose "b\\nc"',
      'prose "d"',
      'list "* e\\n# f"',
      'table "{|\\n| g\\n|}"',
      'heading4 "==== h ====<!-- i -->"',
      'prose "j"',
    ])
  })

  it('take no line of a template, comment or reference for one of the page', () => {
    expect(outline('a {{b|\n== c ==\n* d\n}} e <!--\n\n== f ==\n--> g')).toEqual([
      'prose "a {{b|\\n== c ==\\n* d\\n}} e <!--\\n\\n== f ==\\n--> g"',
    ])
  })

  it('go on over a line with only a comment', () => {
    expect(outline('a\n<!-- b -->\nc')).toEqual(['prose "a\\n<!-- b -->\\nc"'])
  })

  it('are records where a template is data, also when prose begins behind its braces', () => {
    expect(outline('{{Infobox a|b=c}} d\n{{e\n|f=1\n|g=2\n|h=3\n}}\n{{i|j}}{{k}}\n{{l}} m')).toEqual([
      'record "{{Infobox a|b=c}}"',
      'prose "d"',
      'record "{{e\\n|f=1\\n|g=2\\n|h=3\\n}}"',
      'template "{{i|j}}{{k}}"',
      'prose "{{l}} m"',
    ])
    expect(outline('{{Карточка\n|a=b}}', 'ru')).toEqual(['record "{{Карточка\\n|a=b}}"'])
  })

  it('of nested tables are one', () => {
    expect(outline('{|\n|\n{|\n| a\n|}\n|}\nb')).toEqual(['table "{|\\n|\\n{|\\n| a\\n|}\\n|}"', 'prose "b"'])
  })

  it('of a table that is never closed end at a blank line, a heading, or after 400 lines', () => {
    expect(outline('{|\n| a\n\nb')).toEqual(['table "{|\\n| a"', 'prose "b"'])
    expect(outline('{|\n| a\n== b ==')).toEqual(['table "{|\\n| a"', 'heading2 "== b =="'])
    expect(outline(`{|\n${'| a\n'.repeat(1_000)}`)).toHaveLength(2)
  })

  it.each([
    ['== a ==', 'heading2'],
    ['== a', 'prose'],
    ['== a === ', 'heading2'],
    ['===', 'heading1'],
    ['==', 'prose'],
    ['======== a ========', 'heading6'],
    ['a == b ==', 'prose'],
  ])('of the line %j are as MediaWiki has it', (line, kind) => {
    expect(outline(line)[0]?.split(' ')[0]).toBe(kind)
  })
})
