import type { TextAlignment } from '@freshet/diff'
import type { Ink } from './ink.ts'
import { visible } from './visible-text.ts'

/** Stretches of the old line that gave way to stretches of the new one. */
export type WordChanges = NonNullable<ReturnType<TextAlignment['changes']['get']>>

/** The old line, with what went from it marked. */
export function markedBase(line: string, changes: WordChanges, ink: Ink): string {
  let shown = ''
  let at = 0
  for (const { baseStart, baseEnd } of changes) {
    shown += piece(line, at, baseStart, ink.gone) + piece(line, baseStart, baseEnd, ink.goneWords)
    at = baseEnd
  }
  return shown + piece(line, at, line.length, ink.gone)
}

/** The new line, with what came into it marked. */
export function markedText(line: string, changes: WordChanges, ink: Ink): string {
  let shown = ''
  let at = 0
  for (const { textStart, textEnd } of changes) {
    shown += piece(line, at, textStart, ink.added) + piece(line, textStart, textEnd, ink.addedWords)
    at = textEnd
  }
  return shown + piece(line, at, line.length, ink.added)
}

/** Both in one: what went stands before what came for it. */
export function markedMove(base: string, text: string, changes: WordChanges, ink: Ink): string {
  let shown = ''
  let at = 0
  for (const { baseStart, baseEnd, textStart, textEnd } of changes) {
    shown += piece(text, at, textStart, ink.moved)
    shown += piece(base, baseStart, baseEnd, ink.goneWords) + piece(text, textStart, textEnd, ink.addedWords)
    at = textEnd
  }
  return shown + piece(text, at, text.length, ink.moved)
}

function piece(line: string, start: number, end: number, paint: (text: string) => string): string {
  return start === end ? '' : paint(visible(line.slice(start, end)))
}
