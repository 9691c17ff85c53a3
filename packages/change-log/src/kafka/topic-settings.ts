import { RECORD_BYTES_MAX, type TopicSpec } from '../change-log.ts'

/** Beside the record, a batch has a head of some 100 bytes; headers and keys are part of the record. */
const MESSAGE_BYTES_MAX = RECORD_BYTES_MAX + 1024 * 1024

/** Retention removes whole segments, so a topic's last one is more than what it may keep, unless segments are small. */
const SEGMENTS_PER_PARTITION = 8
/** A segment has to hold the largest record. */
const SEGMENT_BYTES_MIN = 32 * 1024 * 1024
const SEGMENT_BYTES_MAX = 1024 ** 3
const HOUR_MS = 3_600_000
const SEGMENT_MS_MAX = 7 * 24 * HOUR_MS

const FOR_EVER = '-1'

/** Settings that follow from the spec and may be changed at any time. */
export function retentionSettings(spec: TopicSpec): ReadonlyMap<string, string> {
  if (spec.cleanup === 'compact') return new Map([['segment.ms', String(HOUR_MS)]])
  const segmentBytes = segmentBytesOf(spec)
  return new Map([
    ['retention.ms', String(spec.retentionMs ?? FOR_EVER)],
    ['retention.bytes', retentionBytesOf(spec, segmentBytes)],
    ['segment.ms', String(segmentMsOf(spec))],
    ['segment.bytes', String(segmentBytes)],
  ])
}

/** Settings that have to be right from the beginning on, for what the log promises. */
export function foundationSettings(spec: TopicSpec, minInsyncReplicas: number): ReadonlyMap<string, string> {
  return new Map([
    ['cleanup.policy', spec.cleanup],
    // So that times never decrease within a partition, whatever the clocks of those who append.
    ['message.timestamp.type', 'LogAppendTime'],
    ['max.message.bytes', String(MESSAGE_BYTES_MAX)],
    ['min.insync.replicas', String(minInsyncReplicas)],
    // A broker that had not yet copied everything never becomes the leader: it would take back what was acknowledged.
    ['unclean.leader.election.enable', 'false'],
  ])
}

/** Settings of which an existing topic may have more. */
export const AT_LEAST: ReadonlySet<string> = new Set(['max.message.bytes', 'min.insync.replicas'])

function segmentBytesOf({ retentionBytes, partitions }: TopicSpec): number {
  if (retentionBytes === undefined) return SEGMENT_BYTES_MAX
  const part = Math.floor(retentionBytes / partitions / SEGMENTS_PER_PARTITION)
  return Math.min(SEGMENT_BYTES_MAX, Math.max(SEGMENT_BYTES_MIN, part))
}

/** Kafka keeps at least so much, and up to one segment more; our limit is what a topic has at most. */
function retentionBytesOf({ retentionBytes, partitions }: TopicSpec, segmentBytes: number): string {
  if (retentionBytes === undefined) return FOR_EVER
  const part = Math.floor(retentionBytes / partitions)
  return String(part > 2 * segmentBytes ? part - segmentBytes : part)
}

/** Segments are removed as a whole, when their last record is old enough. */
function segmentMsOf({ retentionMs }: TopicSpec): number {
  if (retentionMs === undefined) return SEGMENT_MS_MAX
  return Math.min(SEGMENT_MS_MAX, Math.max(HOUR_MS, Math.floor(retentionMs / SEGMENTS_PER_PARTITION)))
}
