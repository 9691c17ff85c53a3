import type { Chunk, ChunkOp, ChunkOpsDelta } from '@freshet/chunks'
import type { Ink } from './ink.ts'
import { visible } from './visible-text.ts'

/** The chunks of a text for people: id, kind, the headings above, and the text. */
export function chunksView(chunks: readonly Chunk[], ink: Ink): string {
  const shown = chunks.map((chunk) => `${headOf(chunk, ink)}\n${bodyOf(chunk, '    ', same)}`)
  const characters = chunks.reduce((sum, { text }) => sum + text.length, 0)
  return `${[...shown, ink.faint(`${countOf(chunks.length, 'chunk')}, ${characters} characters`)].join('\n')}\n`
}

/** What a retrieval index has to do, in the order of the new text. */
export function chunkDeltaView(base: readonly Chunk[], delta: ChunkOpsDelta, ink: Ink): string {
  const chunks = new Map(base.map((chunk) => [chunk.id, chunk]))
  const shown = delta.ops.flatMap((op) => opView(op, chunks, ink))
  return `${[...shown, ink.faint(summaryOf(delta.ops))].join('\n')}\n`
}

function opView(op: ChunkOp, base: ReadonlyMap<string, Chunk>, ink: Ink): readonly string[] {
  if ('keep' in op) return [ink.faint(`  ${countOf(op.keep, 'chunk')} ${op.keep === 1 ? 'stays' : 'stay'}`)]
  if ('del' in op) {
    return op.del.flatMap((id) => {
      const chunk = base.get(id) as Chunk
      return [`${ink.gone('-')} ${headOf(chunk, ink)}`, bodyOf(chunk, '-   ', ink.gone)]
    })
  }
  if ('put' in op) {
    const { replaces, ...chunk } = op.put
    const hint = replaces === undefined ? '' : ink.faint(` replaces ${replaces}`)
    return [`${ink.added('+')} ${headOf(chunk, ink)}${hint}`, bodyOf(chunk, '+   ', ink.added)]
  }
  const to = 'meta' in op ? op.meta : op.move
  const chunk = base.get(to.id) as Chunk
  const after =
    to.path === undefined ? chunk : { ...chunk, path: to.path, omittedTemplates: to.omittedTemplates ?? 0 }
  const from = pathOf(chunk.path) === pathOf(after.path) ? '' : ink.faint(` was under ${pathOf(chunk.path)}`)
  return [`${ink.moved('meta' in op ? '~' : '>')} ${headOf(after, ink)}${from}`]
}

function headOf({ id, kind, path, omittedTemplates = 0 }: Chunk, ink: Ink): string {
  const omitted =
    omittedTemplates === 0 ? '' : ink.faint(` (${countOf(omittedTemplates, 'template')} left out)`)
  return `${ink.heading(id)} ${kind} ${pathOf(path)}${omitted}`
}

function pathOf(path: readonly string[]): string {
  return path.length === 0 ? '(lead)' : path.map(visible).join(' › ')
}

function bodyOf({ text }: Chunk, indent: string, paint: (text: string) => string): string {
  return text
    .split('\n')
    .map((line) => paint(`${indent}${visible(line)}`))
    .join('\n')
}

function summaryOf(ops: readonly ChunkOp[]): string {
  let [kept, put, characters, gone, meta, moved] = [0, 0, 0, 0, 0, 0]
  for (const op of ops) {
    if ('keep' in op) kept += op.keep
    else if ('del' in op) gone += op.del.length
    else if ('meta' in op) meta += 1
    else if ('move' in op) moved += 1
    else {
      put += 1
      characters += op.put.text.length
    }
  }
  return `${put} to embed (${characters} characters), ${gone} to delete, ${meta} under other headings, ${moved} moved, ${kept} stay`
}

function countOf(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}

function same(text: string): string {
  return text
}
