import { Worker } from 'node:worker_threads'
import type { TopicSpec } from '../change-log.ts'
import { type ChangeLogError, LogClosedError } from '../errors.ts'
import { errorOf } from './sqlite-failure.ts'
import type { Commit, WriterData, WriterOrder, WriterReport } from './writer-messages.ts'

type Task<Order = WriterOrder> = Order extends WriterOrder ? Omit<Order, 'number'> : never

/** The writer's thread, seen from outside. Whatever it is asked to do, it does in that order. */
export class LogWriter implements AsyncDisposable {
  readonly #worker: Worker
  readonly #onMaintenanceFailure: (error: ChangeLogError) => void
  readonly #opened = Promise.withResolvers<void>()
  readonly #unanswered = new Map<number, PromiseWithResolvers<void>>()
  #lastNumber = 0
  #death: LogClosedError | undefined

  private constructor(data: WriterData, onMaintenanceFailure: (error: ChangeLogError) => void) {
    this.#onMaintenanceFailure = onMaintenanceFailure
    this.#worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: data })
    this.#worker.on('message', (report: WriterReport) => this.#take(report))
    this.#worker.on('error', (error) => this.#die(error))
    this.#worker.on('exit', () => this.#die(undefined))
  }

  /** Rejects when the log in the folder cannot be opened. */
  static async open(
    data: WriterData,
    onMaintenanceFailure: (error: ChangeLogError) => void,
  ): Promise<LogWriter> {
    const writer = new LogWriter(data, onMaintenanceFailure)
    await writer.#opened.promise
    return writer
  }

  /** Resolves once the commit is durable. */
  commit(commit: Commit): Promise<void> {
    return this.#ask({ type: 'commit', commit }, [commit.bytes])
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#ask({ type: 'ensure-topics', specs })
  }

  /** Resolves once retention and compaction have removed what they may by now. */
  sweep(): Promise<void> {
    return this.#ask({ type: 'sweep' })
  }

  /** After what was asked before. A writer that has died is closed already. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#death === undefined) await this.#ask({ type: 'close' })
  }

  #ask(task: Task, handedOver: readonly ArrayBuffer[] = []): Promise<void> {
    if (this.#death !== undefined) return Promise.reject(this.#death)
    const number = ++this.#lastNumber
    const answer = Promise.withResolvers<void>()
    this.#unanswered.set(number, answer)
    this.#worker.postMessage({ ...task, number }, handedOver)
    return answer.promise
  }

  #take(report: WriterReport): void {
    switch (report.type) {
      case 'opened':
        this.#opened.resolve()
        break
      case 'not-opened':
        this.#opened.reject(errorOf(report.failure))
        break
      case 'done':
        this.#answerTo(report.number)?.resolve()
        break
      case 'failed':
        this.#answerTo(report.number)?.reject(errorOf(report.failure))
        break
      case 'maintenance-failed':
        this.#onMaintenanceFailure(errorOf(report.failure))
        break
    }
  }

  #answerTo(number: number): PromiseWithResolvers<void> | undefined {
    const answer = this.#unanswered.get(number)
    this.#unanswered.delete(number)
    return answer
  }

  #die(cause: unknown): void {
    this.#death ??= new LogClosedError('the writer of the log has ended: open the log again', { cause })
    this.#opened.reject(this.#death)
    for (const answer of this.#unanswered.values()) answer.reject(this.#death)
    this.#unanswered.clear()
  }
}
