import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generatedWikitext } from './testing/generated-wikitext.ts'
import { wikiLanguageOf } from './wiki-language.ts'
import { allNodes, partCount, partSpan, type WikitextNode } from './wikitext-node.ts'
import { scanWikitext } from './wikitext-scanner.ts'

const MEGABYTE = 1 << 20

function outline(text: string, language = 'en'): string[] {
  const shown = (node: WikitextNode): string => {
    const children = node.children.map(shown).join(' ')
    const source = `${node.kind} ${text.slice(node.start, node.end)}`
    return children === '' ? source : `${source} (${children})`
  }
  return scanWikitext(text, wikiLanguageOf(language)).map(shown)
}

describe('the scanner', () => {
  it.each<[string, string[]]>([
    ['a {{b|c={{d}}}} e', ['template {{b|c={{d}}}} (template {{d}})']],
    ['{{{{{1}}}|x}}', ['template {{{{{1}}}|x}} (argument {{{1}}})']],
    ['{{{name|default}}}', ['argument {{{name|default}}}']],
    ['[[a|b]] [c]', ['link [[a|b]]']],
    ['[[File:a.png|thumb|b [[c]] d]]', ['link [[File:a.png|thumb|b [[c]] d]] (link [[c]])']],
    ['[[a|b [[c]] d]]', ['link [[c]]']],
    ['[https://example.org a [b]', ['external [https://example.org a [b]']],
    [
      '[[File:a.png|[https://example.org b]]]',
      ['link [[File:a.png|[https://example.org b]]] (external [https://example.org b])'],
    ],
    ['<ref name="a">{{b}}</ref>', ['tag <ref name="a">{{b}}</ref> (template {{b}})']],
    ['<ref name="a" />{{b}}', ['tag <ref name="a" />', 'template {{b}}']],
    ['<nowiki>{{a}}</nowiki><pre>[[b]]</pre>', ['tag <nowiki>{{a}}</nowiki>', 'tag <pre>[[b]]</pre>']],
    ['<!-- {{a}} -->{{b}}', ['comment <!-- {{a}} -->', 'template {{b}}']],
    ['{{a|<ref>}}</ref>}}', ['template {{a|<ref>}}</ref>}} (tag <ref>}}</ref>)']],
    ['[[{{a}}|b]]', ['link [[{{a}}|b]] (template {{a}})']],
  ])('finds what stands in %j', (text, expected) => {
    expect(outline(text)).toEqual(expected)
  })

  it.each([
    '{{a',
    '[[a',
    '[https://example.org a\n]',
    '<ref>a',
    '[[a\nb]]',
    '[[]]',
    '{{a|[[b}}',
    '<ref',
    '{{}}',
    '{{ |a}}',
  ])('takes what is not closed, or cannot be what it looks like, as text: %j', (text) => {
    expect(outline(text)).toEqual([])
  })

  it('knows files by the names that they have in the language of the wiki', () => {
    const text = '[[Файл:a.png|b [[c]]]]'
    expect(outline(text, 'ru')).toHaveLength(1)
    expect(outline(text, 'en')).toEqual(['link [[c]]'])
  })

  it('finds variants where the language has them', () => {
    expect(outline('-{zh-hans:a;zh-hant:b}-', 'zh')).toEqual(['variant -{zh-hans:a;zh-hant:b}-'])
    expect(outline('-{zh-hans:a;zh-hant:b}-', 'en')).toEqual([])
  })

  it('gives the parts of a template, also those that hold other templates', () => {
    const text = '{{a|b|c=d|{{e|f}}}}'
    const [node] = scanWikitext(text, wikiLanguageOf('en'))
    if (node?.kind !== 'template') return expect.fail('no template')
    const parts = Array.from({ length: partCount(node) }, (_, index) => partSpan(node, index))
    expect(parts.map(({ start, end }) => text.slice(start, end))).toEqual(['a', 'b', 'c=d', '{{e|f}}'])
    expect(node.equals).toEqual([-1, text.indexOf('='), -1])
  })

  it('gives nodes in order, apart from each other and within their parents, whatever the text', () => {
    fc.assert(
      fc.property(generatedWikitext, (text) => {
        const check = (nodes: readonly WikitextNode[], start: number, end: number) => {
          let at = start
          for (const node of nodes) {
            expect(node.start).toBeGreaterThanOrEqual(at)
            expect(node.end).toBeGreaterThan(node.start)
            check(node.children, node.start, node.end)
            at = node.end
          }
          expect(at).toBeLessThanOrEqual(end)
        }
        check(scanWikitext(text, wikiLanguageOf('zh')), 0, text.length)
      }),
    )
  })

  it.each([
    ['open braces', '{{a|'.repeat(MEGABYTE / 4), 0],
    ['one run of braces', '{'.repeat(MEGABYTE), 0],
    ['nested templates', `${'{{a|'.repeat(MEGABYTE / 8)}${'}}'.repeat(MEGABYTE / 8)}`, MEGABYTE / 8],
    ['nested links', `${'[[a|'.repeat(MEGABYTE / 8)}${']]'.repeat(MEGABYTE / 8)}`, 1],
    ['open tags', '<ref>'.repeat(MEGABYTE / 5), 0],
    ['nested tags', '<ref>'.repeat(MEGABYTE / 11) + '</ref>'.repeat(MEGABYTE / 11), 1],
    ['tags without an end', '<ref '.repeat(MEGABYTE / 5), 0],
    [
      'links around many links',
      `${'[[a|'.repeat(50_000)}${'[[b]]'.repeat(50_000)}${']]'.repeat(50_000)}`,
      50_000,
    ],
  ])('comes to an end with a megabyte of %s', (_name, text, count) => {
    expect([...allNodes(scanWikitext(text, wikiLanguageOf('en')))]).toHaveLength(count)
  })
})
