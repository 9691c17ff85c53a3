import type { BlockCache } from '@freshet/chunks'
import { DEFAULT_DIFF_LIMITS, type DiffLimits } from '@freshet/diff'
import type { Part } from '@freshet/protocol'
import { ComparedTexts, unavailable } from './compared-texts.ts'
import type { MadeParts, PartInput } from './part-input.ts'

/**
 * The parts of an article change beside `core`. Pure: what the texts are, and why one is missing, was found out before;
 * the cache only saves time. A part that cannot be made says which revision's text was missing, and why.
 */
export function partsOf(input: PartInput, parts: readonly Part[], cache: BlockCache | undefined): MadeParts {
  const texts = new ComparedTexts(input, DEFAULT_DIFF_LIMITS, cache)
  return parts.map((part) => [part, JSON.stringify(texts.make(part))] as const)
}

/** So little work that every difference becomes a replacement, in time that is linear in the texts. */
const COARSE_LIMITS: DiffLimits = { stepsMax: 1 }
const COARSE_PARTS: readonly Part[] = ['diff', 'patch', 'wikitext']

/** The parts of a page that could not be worked out in time: as exact as ever, but coarse, or not there with the reason. */
export function coarsePartsOf(input: PartInput, parts: readonly Part[]): MadeParts {
  const texts = new ComparedTexts(input, COARSE_LIMITS, undefined)
  return parts.map((part) => {
    const value = COARSE_PARTS.includes(part) ? texts.make(part) : unavailable('new', 'deadline_exceeded')
    return [part, JSON.stringify(value)] as const
  })
}
