import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface CopierOptions {
  readonly brokers: readonly string[]
  readonly from: string
  readonly to: string
  readonly group: string
  /** How long the handler takes for a batch. */
  readonly handlingMs: number
}

/** `copier.ts` as a child process, which a test may pause and kill. */
export class CopierProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  #errors = ''

  constructor({ brokers, from, to, group, handlingMs }: CopierOptions) {
    const program = join(import.meta.dirname, 'copier.ts')
    const options = [brokers.join(','), from, to, group, String(handlingMs)]
    this.#child = spawn(process.execPath, [program, ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child.stdout?.on('data', (text: Buffer) => this.#lines.push(...String(text).trim().split('\n')))
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.#errors += text
    })
  }

  get errors(): string {
    return this.#errors
  }

  timesSaid(word: string): number {
    return this.#lines.filter((line) => line.startsWith(word)).length
  }

  /** Resolves once it has said a line that begins with the word so many times. */
  async untilSaid(word: string, times = 1): Promise<void> {
    while (this.timesSaid(word) < times) {
      if (this.#child.exitCode !== null) throw new Error(`the copier has ended:\n${this.#errors}`)
      await sleep(5)
    }
  }

  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#child.kill('SIGCONT')
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill(signal)
    this.#child.kill('SIGCONT')
    await exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
  }
}
