import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PlainTextRenderer } from './plain-text.ts'
import { generatedWikitext } from './testing/generated-wikitext.ts'
import type { PlainText } from './tidy-text.ts'
import { wikiLanguageOf } from './wiki-language.ts'
import { scanWikitext } from './wikitext-scanner.ts'

function plainText(text: string, code = 'en'): PlainText {
  const language = wikiLanguageOf(code)
  const nodes = scanWikitext(text, language)
  return new PlainTextRenderer(text, language).plainText({ start: 0, end: text.length }, nodes)
}

describe('plain text', () => {
  it.each([
    ["'''a''' ''b'' '''''c'''''", 'a b c'],
    ["l''''a''' d'''''", "l'a d"],
    ['[[a]] [[b|c]]s [[d#e|]]', 'a cs'],
    ['[https://example.org a b] [https://example.org]', 'a b'],
    ['a<ref name="x">b</ref><ref name="y" /> c', 'a c'],
    ['a <!-- b --> c', 'a c'],
    ['a [[File:b.png|thumb|c [[d]]]] e [[Category:F]] [[de:G]]', 'a e'],
    ['[[:File:b.png]] [[:Category:F|f]]', 'File:b.png f'],
    ['<b>a</b><br/>b<span class="x">c</span><div>d</div>', 'a bc d'],
    ['a &amp; b&nbsp;c &lt;d&gt; &unknown; &eacute;', 'a & b c <d> &unknown; é'],
    ["<nowiki>''a'' [[b]] {{c}} <i></nowiki>", "''a'' [[b]] {{c}} <i>"],
    ['<math>a_b < c</math>', 'a_b < c'],
    [
      'x <syntaxhighlight lang="c">\nif (a < b) {\n  c();\n}\n</syntaxhighlight> y',
      'x\nif (a < b) {\nc();\n}\ny',
    ],
    ['<poem>\na\nb\n</poem>', 'a\nb'],
    ['__NOTOC__a__TOC__', 'a'],
    ['{{{a|b}}} {{{c}}}', 'b'],
    ['a\nb\u00a0 c\u3000d', 'a b c d'],
    ['\ud83d a', '\ufffd a'],
  ])('of %j', (text, expected) => {
    expect(plainText(text)).toEqual({ text: expected, omittedAt: [] })
  })

  it.each([
    ['{{lang|de|Bär}}', 'Bär'],
    ['{{lang-de|Bär}} {{langx|de|Bär}}', 'Bär Bär'],
    ['{{nowrap|a {{nowrap|b}}}}', 'a b'],
    ['{{convert|5|km|mi}} {{convert|5|to|6|km|mi|abbr=on}} {{cvt|3|-|4|ft|m}}', '5 km 5 to 6 km 3 – 4 ft'],
    ['{{as of|2020|5}}', 'As of 2020 5'],
    ['{{birth date and age|1950|2|3|df=y}}', '1950-2-3'],
    ['{{frac|1|2}} {{frac|3|1|2}}', '1/2 3 1/2'],
    ['{{hlist|a|b}} {{plainlist|\n* a\n* b\n}}', 'a, b a, b'],
    ['{{nihongo|a|b|c}}', 'a (b, c)'],
    ['a{{snd}}b{{citation needed|date=May}}', 'a – b'],
    ['{{formatnum:1234}} {{lc:ABC}} {{DEFAULTSORT:a}}', '1234 ABC'],
    ['{{Lang|1=de|2=Bär}}', 'Bär'],
  ])('shows the inline templates in %j', (text, expected) => {
    expect(plainText(text)).toEqual({ text: expected, omittedAt: [] })
  })

  it.each([
    ['a {{x}} b', 'a b', [1]],
    ['a {{x}}, b {{w|z}}.', 'a, b.', [1, 4]],
    ['a ({{x}}) b', 'a b', [1]],
    ['a ({{x}}; c) b', 'a (c) b', [3]],
    ['a (c; {{x}}) b', 'a (c) b', [4]],
    ['{{x}}', '', [0]],
    ['{{#if:a|b}}c', 'c', [0]],
  ])('drops and counts the other templates in %j', (text, expected, omittedAt) => {
    expect(plainText(text)).toEqual({ text: expected, omittedAt })
  })

  it('shows one of the variants of Chinese', () => {
    expect(plainText('-{zh-hans:计算机; zh-hant:電腦;}- -{H|a}- -{b}-', 'zh').text).toBe('计算机 b')
  })

  it('knows files and categories by their names in the wiki', () => {
    expect(plainText('a [[Файл:b.png|мини|в]] [[Категория:Г]]', 'ru').text).toBe('a')
    expect(plainText('a [[ファイル:b.png]] [[画像:b.png]] [[カテゴリ:c]]', 'ja').text).toBe('a')
  })

  it('drops what is nested too deeply to be meant', () => {
    const deep = `${'{{nowrap|'.repeat(100_000)}a${'}}'.repeat(100_000)}`
    expect(plainText(deep)).toEqual({ text: '', omittedAt: [0] })
  })

  it('is the same after a trip through UTF-8, holds no control characters, and is tidy already', () => {
    fc.assert(
      fc.property(generatedWikitext, (wikitext) => {
        const { text, omittedAt } = plainText(wikitext, 'zh')
        expect(Buffer.from(text).toString()).toBe(text)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]|[^\S\n]{2}|^\s|\s$/)
        for (const at of omittedAt) expect(at).toBeLessThanOrEqual(text.length)
      }),
    )
  })
})
