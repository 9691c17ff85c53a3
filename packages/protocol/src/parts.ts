import { didYouMean } from './did-you-mean.ts'
import { ProtocolError } from './errors.ts'
import { quoted } from './mistake.ts'

/** The parts of an article change that a partner may ask for, in the order they arrive in. The only list of them. */
export const PARTS = [
  'core',
  'diff',
  'patch',
  'compare',
  'sections',
  'chunks',
  'facts',
  'text',
  'wikitext',
] as const
export type Part = (typeof PARTS)[number]

export const DEFAULT_PARTS: readonly Part[] = ['core', 'diff']

/** The parts asked for, in the order of `PARTS` and without repeats; `core` is always among them. */
export function parseParts(names: readonly string[]): readonly Part[] {
  for (const name of names) {
    if (!(PARTS as readonly string[]).includes(name)) {
      throw new ProtocolError(
        'invalid_parts',
        `parts: there is no part ${quoted(name)}.${didYouMean(name, PARTS)}`,
        `The parts are ${PARTS.join(', ')}.`,
      )
    }
  }
  return PARTS.filter((part) => part === 'core' || names.includes(part))
}
