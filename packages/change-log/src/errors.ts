/** Base of everything a change log throws. `isRetryable` says whether the same call may succeed later, unchanged. */
export abstract class ChangeLogError extends Error {
  override readonly name: string = this.constructor.name
  abstract readonly isRetryable: boolean
}

/** The folder or cluster cannot be written to for now (a full disk, no reachable broker). Nothing acknowledged is lost. */
export class LogUnavailableError extends ChangeLogError {
  readonly isRetryable = true
}

/** The cluster does not let us in, or not do that: the credentials or their rights have to be put right. */
export class LogAccessError extends ChangeLogError {
  readonly isRetryable = false
}

/** Another process writes to this folder. It has to stop first. */
export class LogLockedError extends ChangeLogError {
  readonly isRetryable = false
}

/** The log was opened for reading only; whoever writes has to do this. */
export class LogReadOnlyError extends ChangeLogError {
  readonly isRetryable = false
}

/** The log was disposed of, or its writer has died: this process has to open it again. */
export class LogClosedError extends ChangeLogError {
  readonly isRetryable = false
}

/** The folder holds something that this version does not know: a newer layout, or another program's data. */
export class UnknownLayoutError extends ChangeLogError {
  readonly isRetryable = false
}

/** What is stored is not what was written. The folder has to be restored from a backup. */
export class LogCorruptError extends ChangeLogError {
  readonly isRetryable = false
}

/** An existing topic differs from what was asked for; an operator has to decide. */
export class TopicMismatchError extends ChangeLogError {
  readonly isRetryable = false
}

/** The topic was never created. */
export class UnknownTopicError extends ChangeLogError {
  readonly isRetryable = false
}

/** A record is larger than the log takes; it would be refused again. */
export class RecordTooLargeError extends ChangeLogError {
  readonly isRetryable = false
}

/** Retention has removed the record that was next to read. */
export class OffsetTrimmedError extends ChangeLogError {
  readonly isRetryable = false
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly earliest: bigint

  constructor(topic: string, partition: number, offset: bigint, earliest: bigint) {
    super(`${topic}/${partition}: offset ${offset} is gone, the first one kept is ${earliest}`)
    this.topic = topic
    this.partition = partition
    this.offset = offset
    this.earliest = earliest
  }
}

/** An offset that the log has not reached, or a position with another number of partitions: it belongs to another log, or to a history that was lost. */
export class OffsetBeyondEndError extends ChangeLogError {
  readonly isRetryable = false
}
