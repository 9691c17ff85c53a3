import { existsSync } from 'node:fs'
import type { NewRecord } from '@freshet/change-log'
import { BlockCache } from '@freshet/chunks'
import { completeEdit, editInputSchema } from '@freshet/events'
import type { Part } from '@freshet/protocol'
import { articleChangeRecord } from '../../services/ingest/src/article-change.ts'
import { partInputOf } from '../../services/ingest/src/parts/part-input.ts'
import { partsOf } from '../../services/ingest/src/parts/parts-of.ts'
import type { TextResult } from '../../services/ingest/src/revision-texts/revision-texts.ts'
import { webplatformEdits } from '../recordings/webplatform-edits.ts'
import { WEBPLATFORM_DATA_PATH } from '../recordings/webplatform-row.ts'

const CACHE_SOURCE_LENGTH_MAX = 8 * 1024 ** 2
const NO_TEXT: TextResult = { status: 'available', text: '' }

/** The data lies beside the repository, and only on developers' machines. */
export const hasRealChanges = existsSync(WEBPLATFORM_DATA_PATH)

/** The changes of a real wiki's history, in order, as ingest would have appended them with these parts. */
export async function* realChanges(parts: readonly Part[]): AsyncGenerator<NewRecord> {
  const cache = new BlockCache({ sourceLengthMax: CACHE_SOURCE_LENGTH_MAX })
  const texts = new Map<number, string>()
  for await (const input of webplatformEdits(WEBPLATFORM_DATA_PATH)) {
    const edit = completeEdit(editInputSchema.parse(input))
    const { page, text, editedAt } = edit
    const pageId = page.id ?? 0
    const base = texts.get(pageId)
    texts.set(pageId, text ?? '')
    const made = partsOf(
      partInputOf(
        edit,
        base === undefined ? NO_TEXT : { status: 'available', text: base },
        text === null ? { status: 'unavailable', reason: 'page_deleted' } : { status: 'available', text },
      ),
      parts,
      cache,
    )
    yield articleChangeRecord(edit, { receivedAt: editedAt, publishedAt: editedAt }, new Map(made))
  }
}
