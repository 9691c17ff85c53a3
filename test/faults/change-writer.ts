import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedChangeLog, type TopicSpec } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { changeRecord } from '../conformance/test-change.ts'

/** Change number n is of page n modulo this. */
export const WRITTEN_PAGES = 20
const TOPIC = {
  name: CHANGES_TOPIC,
  partitions: 4,
  cleanup: 'delete',
  retentionMs: undefined,
} satisfies Omit<TopicSpec, 'retentionBytes'>
const SWEEP_INTERVAL_MS = 1_000

/** Writes changes `c0`, `c1`, … into an embedded log in a folder of its own, for processes that read it. */
export class ChangeWriter implements AsyncDisposable {
  readonly dataDir: string
  readonly #log: EmbeddedChangeLog
  readonly #textBytes: number
  #appended = 0

  /** `textBytes`: about how large each change is. `retentionBytes`: what the log keeps; undefined: everything. */
  static async open(textBytes: number, retentionBytes: number | undefined): Promise<ChangeWriter> {
    const dataDir = mkdtempSync(join(tmpdir(), 'freshet-fanout-'))
    const log = await EmbeddedChangeLog.open({
      mode: 'write',
      directory: join(dataDir, 'log'),
      retentionSweepIntervalMs: SWEEP_INTERVAL_MS,
      onMaintenanceFailure: (error) => {
        throw error
      },
    })
    await log.ensureTopics([{ ...TOPIC, retentionBytes }])
    return new ChangeWriter(dataDir, log, textBytes)
  }

  private constructor(dataDir: string, log: EmbeddedChangeLog, textBytes: number) {
    this.dataDir = dataDir
    this.#log = log
    this.#textBytes = textBytes
  }

  get appended(): number {
    return this.#appended
  }

  async append(count: number): Promise<void> {
    const records = Array.from({ length: count }, () => {
      const number = this.#appended++
      const parts = { diff: 'x'.repeat(this.#textBytes) }
      return changeRecord({ id: `c${number}`, page: 1 + (number % WRITTEN_PAGES), parts })
    })
    await this.#log.append(records)
  }

  /** Some changes every few milliseconds until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.append(3)
      await sleep(5)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log[Symbol.asyncDispose]()
    rmSync(this.dataDir, { recursive: true, force: true })
  }
}
