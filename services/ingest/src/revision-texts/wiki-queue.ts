import { TEXT_BYTES_MAX, type TextUnavailableReason } from '@freshet/events'
import type { LimitFunction } from 'p-limit'
import type { Logger } from 'pino'
import type { Clock } from '../clock.ts'
import type { ActionApi, AskOutcome } from './action-api.ts'
import { FAULTY_ANSWERS_MAX, PendingRevision, type WikiText } from './pending-revision.ts'
import { retryDelayMs } from './retry-delay.ts'
import type { RevisionAnswer, RevisionText } from './revision-answer.ts'
import { WikiPace } from './wiki-pace.ts'

export interface WikiQueueOptions {
  readonly apiUrl: string
  readonly api: ActionApi
  /** Shared by all wikis: how many requests are under way at once. */
  readonly requestLimit: LimitFunction
  readonly concurrencyPerWiki: number
  readonly batchRevisionsMax: number
  readonly deadlineMs: number
  readonly missingGraceMs: number
  readonly logger: Logger
  readonly clock: Clock
  readonly random: () => number
  /** Ends everything: what is pending then is rejected with its reason. */
  readonly signal: AbortSignal
  readonly onRequest: (isRetry: boolean) => void
}

/**
 * The revisions that one wiki is being asked for. The requests of all callers are put together into batches, and a
 * revision that several callers want is asked for once.
 *
 * Holds what callers wait for and nothing else, so the callers' own bound is the bound on its memory.
 */
export class WikiQueue {
  readonly #options: WikiQueueOptions
  readonly #pace: WikiPace
  /** By revision id: waiting, being asked for, or put off. */
  readonly #pending = new Map<number, PendingRevision>()
  readonly #waiting = new Set<PendingRevision>()
  readonly #tasks = new Set<Promise<void>>()
  #runs = 0
  /** Why the wiki failed last; undefined while it answers. */
  #failure: string | undefined
  /** Operators hear of a spell of failures, and of one of refusals, once. */
  #isSpellLogged = false

  constructor(options: WikiQueueOptions) {
    this.#options = options
    this.#pace = new WikiPace(options)
  }

  get isIdle(): boolean {
    return this.#tasks.size === 0
  }

  ask(revisionId: number): Promise<WikiText> {
    const known = this.#pending.get(revisionId)
    if (known !== undefined) return known.text
    const pending = new PendingRevision(revisionId, this.#options.clock.now() + this.#options.deadlineMs)
    this.#pending.set(revisionId, pending)
    this.#waiting.add(pending)
    this.#startRuns()
    return pending.text
  }

  /** Resolves once nothing is under way any more; the caller aborts the signal before. */
  async stopped(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks)
  }

  /** Keeps as many runs going as there are batches waiting, within the wiki's concurrency. */
  #startRuns(): void {
    while (
      this.#runs < this.#pace.concurrency &&
      this.#runs * this.#pace.batchRevisions < this.#waiting.size
    ) {
      this.#runs++
      this.#start(async () => {
        try {
          await this.#run()
        } finally {
          this.#runs--
        }
      })
    }
  }

  #start(work: () => Promise<void>): void {
    const task: Promise<void> = work()
      .catch((error: unknown) => this.#rejectAll(error))
      .then(() => {
        this.#tasks.delete(task)
        this.#startRuns()
      })
    this.#tasks.add(task)
  }

  /** Takes its batch at the last moment, so that what is asked for together goes out together. */
  async #run(): Promise<void> {
    await this.#untilDue()
    await this.#options.requestLimit(async () => {
      // Waiting for a place may have taken long, and another run may have failed meanwhile.
      this.#giveUpOverdue()
      if (this.#options.clock.now() < this.#pace.notBeforeMs) return
      const batch = this.#waiting.values().take(this.#pace.batchRevisions).toArray()
      for (const pending of batch) this.#waiting.delete(pending)
      if (batch.length > 0) await this.#ask(batch)
    })
  }

  /** Waits until the wiki may be asked again, giving up on the way what is not waited for any longer. */
  async #untilDue(): Promise<void> {
    for (;;) {
      this.#giveUpOverdue()
      const nowMs = this.#options.clock.now()
      let wakeAtMs = this.#pace.notBeforeMs
      if (this.#waiting.size === 0 || nowMs >= wakeAtMs) return
      for (const pending of this.#waiting) wakeAtMs = Math.min(wakeAtMs, pending.deadlineMs)
      await this.#sleep(wakeAtMs - nowMs)
    }
  }

  #giveUpOverdue(): void {
    const nowMs = this.#options.clock.now()
    const isRefused = this.#pace.isRefused
    for (const pending of this.#waiting) {
      if (!isRefused && nowMs < pending.deadlineMs) continue
      this.#settle(pending, 'temporarily_unavailable')
      if (!isRefused)
        this.#logSpell('warn', this.#failure, 'the wiki does not answer; its texts are given up')
    }
  }

  async #ask(batch: readonly PendingRevision[]): Promise<void> {
    this.#options.onRequest(batch.some((pending) => !pending.isNew))
    for (const pending of batch) pending.isNew = false
    const askedAtMs = this.#options.clock.now()
    const ids = batch.map((pending) => pending.revisionId)
    const outcome = await this.#options.api.askRevisions(this.#options.apiUrl, ids, this.#options.signal)
    this.#takeOutcome(batch, outcome, askedAtMs)
  }

  #takeOutcome(batch: readonly PendingRevision[], outcome: AskOutcome, askedAtMs: number): void {
    switch (outcome.type) {
      case 'answered':
        this.#pace.noteAnswer()
        this.#failure = undefined
        this.#isSpellLogged = false
        this.#takeAnswer(batch, outcome.answer)
        return
      case 'busy':
        this.#noteFailure(outcome.reason, askedAtMs, outcome.retryAfterMs)
        for (const pending of batch) this.#waiting.add(pending)
        return
      case 'malformed':
        this.#noteFailure(outcome.reason, askedAtMs, undefined)
        for (const pending of batch) this.#askAgainAfterFault(pending, () => this.#waiting.add(pending))
        return
      case 'refused':
        this.#pace.noteRefusal()
        this.#logSpell(
          'error',
          outcome.reason,
          'the wiki refuses to give texts: check the address of its API and the User-Agent',
        )
        for (const pending of batch) this.#settle(pending, 'temporarily_unavailable')
        return
    }
  }

  #noteFailure(reason: string, askedAtMs: number, retryAfterMs: number | undefined): void {
    this.#failure = reason
    const waitMs = this.#pace.noteFailure(askedAtMs, retryAfterMs)
    this.#options.logger.debug(
      { api: this.#options.apiUrl, reason, waitMs },
      'the wiki gives no texts for now',
    )
  }

  #logSpell(level: 'warn' | 'error', reason: string | undefined, message: string): void {
    if (!this.#isSpellLogged) this.#options.logger[level]({ api: this.#options.apiUrl, reason }, message)
    this.#isSpellLogged = true
  }

  #takeAnswer(batch: readonly PendingRevision[], answer: RevisionAnswer): void {
    const isProgress = batch.some(
      ({ revisionId }) => answer.revisions.has(revisionId) || answer.tooLargeRevisionId === revisionId,
    )
    for (const pending of batch) {
      const revision = answer.revisions.get(pending.revisionId)
      if (revision?.type === 'text') {
        const isTooLarge = Buffer.byteLength(revision.text.text) > TEXT_BYTES_MAX
        this.#settle(pending, isTooLarge ? 'too_large' : revision.text)
      } else if (revision?.type === 'hidden') {
        this.#settle(pending, 'suppressed')
      } else if (answer.missing.has(pending.revisionId)) {
        this.#takeMissing(pending)
      } else if (answer.tooLargeRevisionId === pending.revisionId) {
        this.#settle(pending, 'too_large')
      } else if (revision === undefined && answer.isTruncated && isProgress) {
        // What did not fit is asked for at once: that is how a truncated result is meant to be read.
        this.#waiting.add(pending)
      } else {
        this.#askAgainAfterFault(pending, () =>
          this.#putOff(pending, retryDelayMs(pending.faultyAnswers, this.#options.random)),
        )
      }
    }
  }

  /**
   * A wiki's databases follow each other with some delay. The event of an edit can be here before the edit has reached
   * the database that answers us, which then knows no such revision, as if it had been deleted. `maxlag` has us turned
   * away by databases that are far behind, so what is still missing after the grace period really is not there.
   */
  #takeMissing(pending: PendingRevision): void {
    const nowMs = this.#options.clock.now()
    pending.missingSinceMs ??= nowMs
    pending.missingAnswers++
    const graceEndMs = pending.missingSinceMs + this.#options.missingGraceMs
    if (nowMs >= graceEndMs) this.#settle(pending, 'deleted')
    else {
      const waitMs = retryDelayMs(pending.missingAnswers, this.#options.random)
      this.#putOff(pending, Math.min(waitMs, graceEndMs - nowMs))
    }
  }

  #askAgainAfterFault(pending: PendingRevision, askAgain: () => void): void {
    pending.faultyAnswers++
    if (pending.faultyAnswers < FAULTY_ANSWERS_MAX) askAgain()
    else this.#settle(pending, 'temporarily_unavailable')
  }

  /** Asks for it again later, without keeping other revisions waiting. */
  #putOff(pending: PendingRevision, delayMs: number): void {
    const untilDeadlineMs = Math.max(0, pending.deadlineMs - this.#options.clock.now())
    this.#start(async () => {
      await this.#sleep(Math.ceil(Math.min(delayMs, untilDeadlineMs)))
      this.#waiting.add(pending)
    })
  }

  async #sleep(delayMs: number): Promise<void> {
    const { clock, signal } = this.#options
    await clock.sleep(delayMs, signal)
    signal.throwIfAborted()
  }

  #settle(pending: PendingRevision, outcome: RevisionText | TextUnavailableReason): void {
    this.#pending.delete(pending.revisionId)
    this.#waiting.delete(pending)
    pending.resolve(
      typeof outcome === 'string'
        ? { status: 'unavailable', reason: outcome }
        : { status: 'available', text: outcome },
    )
  }

  #rejectAll(error: unknown): void {
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
    this.#waiting.clear()
  }
}
