import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmbeddedChangeLog, type TopicSpec } from '@freshet/change-log'
import { CHANGES_TOPIC } from '@freshet/events'
import { changeRecord } from '../conformance/test-change.ts'

const PAGES = 20
const TOPIC: TopicSpec = {
  name: CHANGES_TOPIC,
  partitions: 4,
  cleanup: 'delete',
  retentionMs: undefined,
  retentionBytes: undefined,
}

/** Writes changes `c0`, `c1`, … into an embedded log in a folder of its own, for processes that read it. */
export class ChangeWriter implements AsyncDisposable {
  readonly dataDir: string
  readonly #log: EmbeddedChangeLog
  readonly #textBytes: number
  #appended = 0

  /** `textBytes`: about how large each change is. */
  static async open(textBytes: number): Promise<ChangeWriter> {
    const dataDir = mkdtempSync(join(tmpdir(), 'freshet-fanout-'))
    const log = await EmbeddedChangeLog.open({
      mode: 'write',
      directory: join(dataDir, 'log'),
      retentionSweepIntervalMs: 60_000,
      onMaintenanceFailure: (error) => {
        throw error
      },
    })
    await log.ensureTopics([TOPIC])
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
      return changeRecord({ id: `c${number}`, page: 1 + (number % PAGES), parts })
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
