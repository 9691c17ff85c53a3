import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { completeEdit, type EditInput, editInputSchema } from '@freshet/events'
import { RecordingInputError } from './recording-input-error.ts'

export interface EditRecordingOptions {
  readonly edits: AsyncIterable<EditInput>
  /** NDJSON, gzipped when the name ends with `.gz`. */
  readonly outputPath: string
  /** How many edits to write; undefined: all. */
  readonly limit: undefined | number
  readonly onProgress: (summary: EditRecordingSummary) => void
}

export interface EditRecordingSummary {
  readonly edits: number
  readonly pages: number
  readonly textBytes: number
}

export const PROGRESS_EVERY_EDITS = 1_000

/**
 * Writes a recording that Freshet can play: one edit per line. Each line is an edit that the intake accepts, and no two
 * have the same id. The output appears when it is complete.
 *
 * @throws RecordingInputError for an edit that the intake would refuse, or would take for one it already has
 */
export async function writeEditRecording(options: EditRecordingOptions): Promise<EditRecordingSummary> {
  const { outputPath, limit } = options
  const partialPath = `${outputPath}.partial`
  const ids = new Set<string>()
  const pages = new Set<unknown>()
  let textBytes = 0
  const summary = () => ({ edits: ids.size, pages: pages.size, textBytes })

  async function* lines() {
    for await (const edit of options.edits) {
      if (ids.size === limit) break
      ids.add(newIdOf(edit, ids))
      pages.add(edit.page.id)
      textBytes += Buffer.byteLength(edit.text ?? '')
      if (ids.size % PROGRESS_EVERY_EDITS === 0) options.onProgress(summary())
      yield `${JSON.stringify(edit)}\n`
    }
  }

  await mkdir(path.dirname(outputPath), { recursive: true })
  try {
    const file = createWriteStream(partialPath)
    await (outputPath.endsWith('.gz') ? pipeline(lines, createGzip(), file) : pipeline(lines, file))
    await rename(partialPath, outputPath)
  } catch (error) {
    await rm(partialPath, { force: true })
    throw error
  }
  return summary()
}

function newIdOf(input: EditInput, ids: ReadonlySet<string>): string {
  const parsed = editInputSchema.safeParse(input)
  if (!parsed.success) {
    const reasons = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new RecordingInputError(`an edit of "${input.page.title}" is not valid: ${reasons.join('; ')}`)
  }
  const { id } = completeEdit(parsed.data)
  if (ids.has(id)) throw new RecordingInputError(`two edits have the id ${id}`)
  return id
}
