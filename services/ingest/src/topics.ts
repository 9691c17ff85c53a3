import type { TopicSpec } from '@freshet/change-log'
import { DICTIONARIES_TOPIC } from '@freshet/dictionary'
import {
  CHANGES_TOPIC,
  DEAD_LETTERS_TOPIC,
  EDITS_TOPIC,
  SOURCE_POSITIONS_TOPIC,
  WATCH_LISTS_TOPIC,
} from '@freshet/events'

export interface TopicSettings {
  readonly partitions: number
  readonly editsRetentionMs: number
  readonly changesRetentionMs: number
  readonly changesRetentionBytes: number
  readonly deadLettersRetentionMs: number
}

/** Many small answers to "what was wrong": one partition keeps them in one order. */
const DEAD_LETTERS_BYTES_MAX = 1024 ** 3

/** `edits` and `changes` have the same partitions, so that one enricher owns all that concerns a page. */
export function topicSpecs(settings: TopicSettings): readonly TopicSpec[] {
  const { partitions } = settings
  const deleted = { cleanup: 'delete', retentionBytes: undefined } as const
  return [
    { ...deleted, name: EDITS_TOPIC, partitions, retentionMs: settings.editsRetentionMs },
    {
      ...deleted,
      name: CHANGES_TOPIC,
      partitions,
      retentionMs: settings.changesRetentionMs,
      retentionBytes: settings.changesRetentionBytes,
    },
    {
      ...deleted,
      name: DEAD_LETTERS_TOPIC,
      partitions: 1,
      retentionMs: settings.deadLettersRetentionMs,
      retentionBytes: DEAD_LETTERS_BYTES_MAX,
    },
    compacted(SOURCE_POSITIONS_TOPIC),
    compacted(DICTIONARIES_TOPIC),
    compacted(WATCH_LISTS_TOPIC),
  ]
}

function compacted(name: string): TopicSpec {
  return { name, partitions: 1, cleanup: 'compact', retentionMs: undefined, retentionBytes: undefined }
}
