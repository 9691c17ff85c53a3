import { describe, expect, it } from 'vitest'
import { type Facts, factsDelta, factsOf, readPage } from './index.ts'

function facts(text: string, language = 'en'): Facts {
  return factsOf(readPage(text, { contentModel: 'wikitext', language, cache: undefined }))
}

describe('facts', () => {
  it('are the parameters of records, with values as plain text', () => {
    const text = `{{Infobox town
| Name = '''A''' <!-- b -->
| birth date = {{birth date|1950|2|3}}
| seen at=* [[c]]
* d
| empty =
| module = {{Infobox port
  | depth = {{convert|5|m}} }}
}}`
    expect(facts(text).infobox).toEqual([
      { template: 'Infobox town', key: 'name', value: 'A' },
      { template: 'Infobox town', key: 'birth_date', value: '1950-2-3' },
      { template: 'Infobox town', key: 'seen_at', value: 'c, d' },
      { template: 'Infobox port', key: 'depth', value: '5 m' },
    ])
  })

  it('are categories, links and templates, each once, by their normalised names', () => {
    const text = `[[a_b#c|d]] [[A b]] [[:Category:e]] [[user:f]] [[#g]] [[fr:h]] [[File:i.png|[[j]]]] [[wikt:k]]
{{l}} {{L|{{template:m}}}} {{DEFAULTSORT:n}} {{#if:o|p}} <nowiki>[[q]] {{r}}</nowiki> <!-- [[s]] -->
== [[t]] ==
[[category:u v|w]] [[Category:U v]]`
    expect(facts(text)).toMatchObject({
      categories: ['U v'],
      links: ['A b', 'Category:E', 'User:F', 'J', 'Wikt:k', 'T'],
      templates: ['L', 'M'],
    })
  })

  it('are references with their names and addresses', () => {
    const text = `<ref name="a">{{cite web|archive-url=https://archive.example/1|url=https://example.org/b|title=c}}</ref>
<ref name=d>[https://example.org/e f]</ref><ref>g</ref><ref name="a" />{{efn|<ref>https://example.org/h.</ref>}}
<references><ref name='i' group="j">k</ref></references>`
    expect(facts(text).references).toEqual([
      { name: 'a', url: 'https://example.org/b' },
      { name: 'd', url: 'https://example.org/e' },
      { name: null, url: null },
      { name: null, url: 'https://example.org/h.' },
      { name: 'i', url: null },
    ])
  })

  it.each([
    ['en', '#REDIRECT [[a b#c]]', 'A b'],
    ['en', ' #redirect: [[ :Category:a]]', 'Category:A'],
    ['de', '#WEITERLEITUNG [[A]]', 'A'],
    ['ru', '#перенаправление [[а]]', 'А'],
    ['zh', '#重定向 [[a]]', 'A'],
    ['ar', '#تحويل [[أ]]', 'أ'],
    ['ja', '#転送 [[a]]', 'A'],
    ['en', '#WEITERLEITUNG [[A]]', null],
    ['en', 'a #REDIRECT [[b]]', null],
  ])('say where a redirect leads, in %s: %s', (language, text, target) => {
    expect(facts(text, language).redirectTarget).toBe(target)
  })

  it.each([
    ['de', 'Datei', 'Kategorie'],
    ['fr', 'Fichier', 'Catégorie'],
    ['es', 'Archivo', 'Categoría'],
    ['it', 'Immagine', 'Categoria'],
    ['nl', 'Bestand', 'Categorie'],
    ['sv', 'Fil', 'Kategori'],
    ['pl', 'Plik', 'Kategoria'],
    ['pt', 'Ficheiro', 'Categoria'],
    ['ru', 'Файл', 'Категория'],
    ['uk', 'Файл', 'Категорія'],
    ['ja', '画像', 'カテゴリ'],
    ['zh', '檔案', '分類'],
    ['ko', '파일', '분류'],
    ['vi', 'Tập tin', 'Thể loại'],
    ['ar', 'ملف', 'تصنيف'],
    ['arz', 'ملف', 'تصنيف'],
    ['fa', 'پرونده', 'رده'],
    ['id', 'Berkas', 'Kategori'],
    ['ceb', 'Payl', 'Kategoriya'],
    ['war', 'Paypay', 'Kaarangay'],
    ['ca', 'Fitxer', 'Categoria'],
    ['tr', 'Dosya', 'Kategori'],
    ['cs', 'Soubor', 'Kategorie'],
    ['hu', 'Fájl', 'Kategória'],
    ['th', 'ไฟล์', 'หมวดหมู่'],
    ['hi', 'चित्र', 'श्रेणी'],
    ['he', 'קובץ', 'קטגוריה'],
  ])('know files and categories in %s', (language, file, category) => {
    const found = facts(`[[${file}:a.png]] [[${category}:b]] [[Category:c]] [[Image:d.png]]`, language)
    expect(found).toMatchObject({ categories: ['B', 'C'], links: [] })
  })

  it('of a redirect are what stands in it; what is not wikitext has none', () => {
    expect(facts('#REDIRECT [[A]]\n[[Category:B]] {{c}}')).toMatchObject({
      categories: ['B'],
      templates: ['C'],
    })
    const json = factsOf(
      readPage('{"a": "[[b]]"}', { contentModel: 'json', language: 'en', cache: undefined }),
    )
    expect(json).toEqual(facts(''))
  })
})

describe('a facts delta', () => {
  const base = `{{Infobox a|b=1|c=2|d=3}} [[e]] {{f}} <ref name="g">https://example.org/1</ref> [[Category:H]]`

  it('is empty when no fact changed', () => {
    expect(factsDelta(facts(base), facts(`${base} Only words.`))).toEqual({})
    expect(factsDelta(facts(base), facts(base.replace('[[e]]', '[[E|other words]] [[e]]')))).toEqual({})
  })

  it('says what was added, removed and changed', () => {
    const next = `{{Infobox a|b=1|c=4|i=5}} [[j]] {{k}} <ref name="g">https://example.org/2</ref><ref>l</ref> [[Category:M]]`
    expect(factsDelta(facts(base), facts(next))).toEqual({
      infobox: {
        added: [{ template: 'Infobox a', key: 'i', value: '5' }],
        removed: [{ template: 'Infobox a', key: 'd', value: '3' }],
        changed: [{ template: 'Infobox a', key: 'c', old: '2', new: '4' }],
      },
      categories: { added: ['M'], removed: ['H'] },
      links: { added: ['J'], removed: ['E'] },
      templates: { added: ['K'], removed: ['F'] },
      references: {
        added: [{ name: null, url: null }],
        removed: [],
        changed: [{ name: 'g', old: 'https://example.org/1', new: 'https://example.org/2' }],
      },
    })
  })

  it('pairs records of one name in their order', () => {
    const records = (...scores: number[]) =>
      facts(scores.map((score) => `{{Infobox match|score=${score}}}`).join('\n'))
    expect(factsDelta(records(1, 2), records(1, 3, 4))).toMatchObject({
      infobox: {
        added: [{ template: 'Infobox match', key: 'score', value: '4' }],
        removed: [],
        changed: [{ template: 'Infobox match', key: 'score', old: '2', new: '3' }],
      },
    })
  })

  it('tells of a page that becomes a redirect', () => {
    expect(factsDelta(facts('a'), facts('#REDIRECT [[b]]'))).toEqual({
      redirectTarget: { old: null, new: 'B' },
      links: { added: ['B'], removed: [] },
    })
  })
})
