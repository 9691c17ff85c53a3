import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { readPageLink } from './page-link.ts'
import { isParserFunction, templateName } from './template-parameters.ts'
import { hasRealData, wikipediaPairs } from './testing/real-histories.ts'
import { CATEGORY_NAMESPACE, FILE_NAMESPACE, wikiLanguageOf } from './wiki-language.ts'
import { allNodes } from './wikitext-node.ts'
import { scanWikitext } from './wikitext-scanner.ts'

/** What is counted of a text. */
interface Counts {
  readonly templates: number
  readonly references: number
  readonly links: number
}

/** The parts of wikiparser-node that are used. It is GPL and no dependency: install it to run this test. */
interface Oracle {
  parse(text: string): {
    querySelectorAll(selector: string): { readonly name?: string; readonly type: string }[]
  }
  config: string
}

const oracle = loadOracle()

function loadOracle(): undefined | Oracle {
  try {
    return createRequire(import.meta.url)('wikiparser-node')
  } catch {
    return undefined
  }
}

function ourCounts(text: string, code: string): Counts {
  const language = wikiLanguageOf(code)
  const counts = { templates: 0, references: 0, links: 0 }
  for (const node of allNodes(scanWikitext(text, language))) {
    if (node.kind === 'template') {
      const name = templateName(text, node, language)
      const isNamed = name !== '' || node.children.some(({ kind }) => kind !== 'comment')
      if (isNamed && !isParserFunction(name, language)) counts.templates++
    } else if (node.kind === 'tag' && node.name === 'ref') counts.references++
    else if (node.kind === 'link') {
      const link = readPageLink(text, node, language)
      const isOther = link?.namespace === CATEGORY_NAMESPACE || link?.namespace === FILE_NAMESPACE
      if (link === undefined || link.isEscaped || !isOther) counts.links++
    }
  }
  return counts
}

function oracleCounts(text: string, parser: Oracle): Counts {
  const root = parser.parse(text)
  return {
    templates: root.querySelectorAll('template').filter(({ type }) => type === 'template').length,
    references: root.querySelectorAll('ext').filter(({ name }) => name === 'ref').length,
    links: root.querySelectorAll('link, redirect-target').length,
  }
}

describe.skipIf(oracle === undefined || !hasRealData)(
  'beside wikiparser-node, on English and Chinese Wikipedia',
  () => {
    it('as many templates, references and links are found', () => {
      const agreed = { templates: 0, references: 0, links: 0, texts: 0 }
      for (const { language, text } of wikipediaPairs()) {
        if (oracle === undefined || (language !== 'en' && language !== 'zh')) continue
        oracle.config = `${language}wiki`
        const [ours, theirs] = [ourCounts(text, language), oracleCounts(text, oracle)]
        agreed.texts++
        for (const what of ['templates', 'references', 'links'] as const)
          if (ours[what] === theirs[what]) agreed[what]++
      }
      expect(agreed.templates / agreed.texts).toBeGreaterThanOrEqual(0.99)
      expect(agreed.references / agreed.texts).toBeGreaterThanOrEqual(0.99)
      expect(agreed.links / agreed.texts).toBeGreaterThanOrEqual(0.95)
    })
  },
)
