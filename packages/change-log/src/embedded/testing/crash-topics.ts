import type { TopicSpec } from '../../change-log.ts'

/** What the writer that gets killed writes: edits that are processed into changes, and pairs over two topics. */
export const [EDITS, CHANGES, LEFT, RIGHT] = ['edits', 'changes', 'left', 'right'] as const
export const GROUP = 'enricher'

export const CRASH_TOPICS: readonly TopicSpec[] = [EDITS, CHANGES, LEFT, RIGHT].map((name) => ({
  name,
  partitions: 3,
  cleanup: 'delete',
  retentionMs: undefined,
  retentionBytes: undefined,
}))
