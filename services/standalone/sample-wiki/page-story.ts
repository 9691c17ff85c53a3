/** What happens to one page, as a file of `pages/` tells it. README.md beside this file shows the form. */
export interface PageStory {
  readonly wiki: string
  readonly language: string
  readonly pageId: number
  readonly namespace: number
  /** In full, with the namespace's name, as the page is first called. */
  readonly title: string
  /** The Wikidata item that the page describes. */
  readonly item: string | undefined
  readonly acts: readonly StoryAct[]
}

export type StoryAct = ActFields &
  (
    | { readonly kind: 'create'; readonly text: string }
    | { readonly kind: 'edit'; readonly changes: readonly TextChange[] }
    /** An edit that brings an earlier revision back, counted from 1. */
    | { readonly kind: 'revert'; readonly restores: number; readonly method: string }
    | { readonly kind: 'move'; readonly to: string; readonly redirectPageId: number | undefined }
    | { readonly kind: 'delete' | 'undelete' }
    /** The text of a revision, counted from 1, is suppressed. */
    | { readonly kind: 'hide'; readonly hides: number }
  )

interface ActFields {
  /** File and act, for messages. */
  readonly where: string
  /** Since the beginning of the recording. */
  readonly atMs: number
  readonly performer: string
  readonly comment: string
  readonly isMinor: boolean
  readonly tags: readonly string[]
}

export type TextChange =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'replace'; readonly old: string; readonly new: string }
  | { readonly type: 'append'; readonly text: string }

/** A story that cannot be told; the message names the file and the act. */
export class StoryError extends Error {
  override readonly name = 'StoryError'
  /** Only a person can mend a story. */
  readonly isRetryable = false
}

const ACT = /^@@ (\d+\.\d+) (create|edit|revert|move|delete|undelete|hide) by (.+)$/
const FIELD = /^([a-z-]+): (.*)$/

/** @throws StoryError */
export function parsePageStory(source: string, file: string): PageStory {
  const [head = '', ...acts] = source.split(/^(?=@@ )/m)
  const fields = new Fields(head.trimEnd().split('\n'), file)
  return {
    wiki: fields.required('wiki'),
    language: fields.required('language'),
    pageId: Number(fields.required('page')),
    namespace: Number(fields.required('namespace')),
    title: fields.required('title'),
    item: fields.optional('item'),
    acts: acts.map((act) => parseAct(act, file)),
  }
}

function parseAct(source: string, file: string): StoryAct {
  const [head = '', ...blocks] = source.split(/^@ /m)
  const [first = '', ...lines] = head.trimEnd().split('\n')
  const [, seconds, kind, performer] = ACT.exec(first) ?? []
  const where = `${file}, "${first}"`
  if (performer === undefined) throw new StoryError(`${where}: an act is "@@ SECONDS KIND by NAME"`)
  const fields = new Fields(lines, where)
  const act = {
    where,
    atMs: Math.round(Number(seconds) * 1_000),
    performer,
    comment: fields.optional('comment') ?? '',
    isMinor: fields.optional('minor') === 'yes',
    tags: fields.optional('tags')?.split(', ') ?? [],
  }
  const changes = parseChanges(blocks, where)
  switch (kind) {
    case 'create': {
      const [change] = changes
      if (change?.type !== 'text') throw new StoryError(`${where}: a creation has an "@ text"`)
      return { ...act, kind, text: change.text }
    }
    case 'edit':
      if (changes.length === 0)
        throw new StoryError(`${where}: an edit has an "@ text", "@ replace" or "@ append"`)
      return { ...act, kind, changes }
    case 'revert':
      return {
        ...act,
        kind,
        restores: Number(fields.required('restores')),
        method: fields.required('method'),
      }
    case 'move': {
      const redirectPage = fields.optional('redirect-page')
      const redirectPageId = redirectPage === undefined ? undefined : Number(redirectPage)
      return { ...act, kind, to: fields.required('to'), redirectPageId }
    }
    case 'hide':
      return { ...act, kind, hides: Number(fields.required('hides')) }
    default:
      return { ...act, kind: kind as 'delete' | 'undelete' }
  }
}

function parseChanges(blocks: readonly string[], where: string): TextChange[] {
  const changes: TextChange[] = []
  for (let index = 0; index < blocks.length; index += 1) {
    const { name, text } = blockOf(blocks[index] ?? '')
    if (name === 'text' || name === 'append') changes.push({ type: name, text })
    else if (name === 'replace') {
      index += 1
      const replacement = blockOf(blocks[index] ?? '')
      if (replacement.name !== 'with') throw new StoryError(`${where}: after "@ replace" comes "@ with"`)
      changes.push({ type: 'replace', old: text, new: replacement.text })
    } else throw new StoryError(`${where}: there is no "@ ${name}"`)
  }
  return changes
}

/** Blocks end without a line break, as MediaWiki stores texts. */
function blockOf(block: string): { name: string; text: string } {
  const [name = '', ...lines] = block.split('\n')
  return { name, text: lines.join('\n').replace(/\n+$/, '') }
}

class Fields {
  private readonly values = new Map<string, string>()
  private readonly where: string

  constructor(lines: readonly string[], where: string) {
    this.where = where
    for (const line of lines) {
      const [, name, value] = FIELD.exec(line) ?? []
      if (name === undefined || value === undefined)
        throw new StoryError(`${where}: "${line}" is not "name: value"`)
      this.values.set(name, value)
    }
  }

  required(name: string): string {
    const value = this.values.get(name)
    if (value === undefined) throw new StoryError(`${this.where}: "${name}: …" is missing`)
    return value
  }

  optional(name: string): string | undefined {
    return this.values.get(name)
  }
}
