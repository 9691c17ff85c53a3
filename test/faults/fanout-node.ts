import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

const MAIN = resolve(import.meta.dirname, '../../services/fanout/src/main.ts')
const ADDRESS = /"url":"(http:[^"]+)"/

export interface FanoutNodeOptions {
  readonly dataDir: string
  /** 0: one that is free. */
  readonly port: number
  readonly workers: number
  /** More options of the command line. */
  readonly options: readonly string[]
}

/** Fan-out over an embedded log that another process writes, as a process of its own with its workers. */
export class FanoutNode implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess
  readonly #output: string[]

  static async start({ dataDir, port, workers, options }: FanoutNodeOptions): Promise<FanoutNode> {
    const given = ['--data-dir', dataDir, '--port', String(port), '--workers', String(workers)]
    const child = spawn(process.execPath, [MAIN, ...given, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output: string[] = []
    child.stdout.on('data', (text) => output.push(String(text)))
    const url = await new Promise<string>((found, failed) => {
      child.stderr.on('data', (text) => {
        output.push(String(text))
        const address = ADDRESS.exec(output.join(''))
        if (address?.[1] !== undefined) found(address[1])
      })
      child.once('exit', (code, signal) => {
        failed(new Error(`fan-out ended before it listened (${code ?? signal}):\n${output.join('')}`))
      })
    })
    return new FanoutNode(child, url, output)
  }

  private constructor(child: ChildProcess, url: string, output: string[]) {
    this.#child = child
    this.url = url
    this.#output = output
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  get output(): string {
    return this.#output.join('')
  }

  /** Sends a signal and resolves with the exit code (null after SIGKILL) once the process is gone. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return this.#child.exitCode
    const exited = once(this.#child, 'exit')
    this.#child.kill(signal)
    await exited
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGTERM')
  }
}
