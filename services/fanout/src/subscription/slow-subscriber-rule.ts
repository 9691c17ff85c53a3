export interface SlowSubscriberLimits {
  readonly lagRecordsMin: number
  readonly lagMsMin: number
  readonly windowMs: number
  readonly recordsMin: number
}

export interface SubscriberObservation {
  readonly nowMs: number
  /** Whether its socket is full, so that the partner is what is waited for. */
  readonly isBlocked: boolean
  /** Records of the log passed since it subscribed, delivered or not. */
  readonly passedRecords: number
  readonly lagRecords: number
  readonly lagMs: number | null
}

/**
 * When to give up on a slow subscriber: it is far behind, in records and in time, and for a whole window its socket
 * was never empty and it hardly moved through the log. Progress is measured in records passed, so a rare filter or a
 * slow line alone never closes anybody.
 */
export class SlowSubscriberRule {
  readonly #limits: SlowSubscriberLimits
  #window: { readonly startMs: number; readonly passedRecords: number } | undefined

  constructor(limits: SlowSubscriberLimits) {
    this.#limits = limits
  }

  isTooSlow({ nowMs, isBlocked, passedRecords, lagRecords, lagMs }: SubscriberObservation): boolean {
    if (!isBlocked) this.#window = undefined
    else this.#window ??= { startMs: nowMs, passedRecords }
    if (this.#window === undefined || nowMs - this.#window.startMs < this.#limits.windowMs) return false
    const moved = passedRecords - this.#window.passedRecords
    this.#window = { startMs: nowMs, passedRecords }
    const isFarBehind = lagRecords >= this.#limits.lagRecordsMin && (lagMs ?? 0) >= this.#limits.lagMsMin
    return isFarBehind && moved < this.#limits.recordsMin
  }
}
