import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { TestLog } from './test-log.ts'

const MAIN = resolve(import.meta.dirname, '../../services/standalone/src/main.ts')
const ADDRESS = /http:\/\/[^\s/]+:\d+/

export interface FreshetProcessOptions {
  readonly log: TestLog
  /** Options of the command line, without `--data-dir` and `--port`. */
  readonly options: readonly string[]
  /** Undefined: a folder of its own, removed at the end. */
  readonly dataDir: string | undefined
  /** 0: one that is free. */
  readonly port: number
}

/** The whole program as a process of its own, as `npm start` runs it. */
export class FreshetProcess implements AsyncDisposable {
  readonly url: string
  readonly #child: ChildProcess
  readonly #dataDir: string
  readonly #removesDataDir: boolean
  readonly #output: string[]

  static async start({ log, options, dataDir, port }: FreshetProcessOptions): Promise<FreshetProcess> {
    const directory = dataDir ?? mkdtempSync(join(tmpdir(), 'freshet-'))
    const child = spawn(
      process.execPath,
      [MAIN, '--data-dir', directory, '--port', String(port), ...log.optionsFor(directory), ...options],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    const output: string[] = []
    child.stderr.on('data', (text) => output.push(String(text)))
    const url = await new Promise<string>((found, failed) => {
      child.stdout.on('data', (text) => {
        output.push(String(text))
        const address = ADDRESS.exec(output.join(''))
        if (address !== null) found(address[0])
      })
      child.once('exit', (code, signal) => {
        failed(new Error(`Freshet ended before it listened (${code ?? signal}):\n${output.join('')}`))
      })
    })
    return new FreshetProcess(child, url, directory, dataDir === undefined, output)
  }

  private constructor(
    child: ChildProcess,
    url: string,
    dataDir: string,
    removesDataDir: boolean,
    output: string[],
  ) {
    this.#child = child
    this.url = url
    this.#dataDir = dataDir
    this.#removesDataDir = removesDataDir
    this.#output = output
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get dataDir(): string {
    return this.#dataDir
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
    await this.end('SIGKILL')
    if (this.#removesDataDir) rmSync(this.#dataDir, { recursive: true, force: true })
  }
}
