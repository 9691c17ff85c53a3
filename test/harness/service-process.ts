import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const SERVICES = resolve(import.meta.dirname, '../../services')
/** With what comes after it, so that it is not cut short. */
const ADDRESS = /(http:\/\/[^\s/"]+:\d+)[\s/"']/
/** Enough to see why a process ended; a long run says more. */
const OUTPUT_CHARACTERS_MAX = 200_000

export interface ServiceProcessOptions {
  readonly service: 'standalone' | 'ingest' | 'fanout'
  /** Options of the command line, without `--data-dir` and `--port`. */
  readonly options: (dataDir: string) => readonly string[]
  /** Undefined: a folder of its own, removed at the end. */
  readonly dataDir: string | undefined
  /** 0: one that is free. */
  readonly port: number
}

/** A service as a process of its own, as an operator runs it. */
export class ServiceProcess implements AsyncDisposable {
  readonly dataDir: string
  readonly #child: ChildProcess
  readonly #removesDataDir: boolean
  #output = ''
  #url: string

  /** Resolves once it serves; rejects with what it wrote when it ends before. */
  static async start(options: ServiceProcessOptions): Promise<ServiceProcess> {
    const service = ServiceProcess.spawn(options)
    await service.untilStarted()
    return service
  }

  /** Does not wait for anything: a service may have to wait for its log, and answers on its port meanwhile. */
  static spawn(options: ServiceProcessOptions): ServiceProcess {
    return new ServiceProcess(options)
  }

  private constructor({ service, options, dataDir, port }: ServiceProcessOptions) {
    this.dataDir = dataDir ?? mkdtempSync(join(tmpdir(), 'freshet-'))
    this.#removesDataDir = dataDir === undefined
    this.#url = `http://127.0.0.1:${port}`
    const main = join(SERVICES, service, 'src/main.ts')
    const given = ['--data-dir', this.dataDir, '--port', String(port), ...options(this.dataDir)]
    this.#child = spawn(process.execPath, [main, ...given], { stdio: ['ignore', 'pipe', 'pipe'] })
    const onOutput = (text: Buffer) => {
      this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS_MAX)
    }
    this.#child.stdout?.on('data', onOutput)
    this.#child.stderr?.on('data', onOutput)
    // A test run that is broken off leaves no process behind.
    const onExit = () => this.#child.kill('SIGKILL')
    process.once('exit', onExit)
    this.#child.once('exit', () => process.removeListener('exit', onExit))
  }

  /** Where it listens: known once it has started, or at once where the port was given. */
  get url(): string {
    return this.#url
  }

  get port(): number {
    return Number(new URL(this.#url).port)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get output(): string {
    return this.#output
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  untilStarted(): Promise<void> {
    return new Promise((started, failed) => {
      const look = () => {
        const address = ADDRESS.exec(this.#output)
        if (address?.[1] === undefined) return
        this.#url = address[1]
        started()
      }
      look()
      // The address is in the first words to a person, or in the log, which may go to either.
      this.#child.stdout?.on('data', look)
      this.#child.stderr?.on('data', look)
      this.#child.once('exit', (code, signal) => {
        failed(new Error(`Freshet ended before it listened (${code ?? signal}):\n${this.#output}`))
      })
    })
  }

  /** The process stays, with all of its connections, and does nothing any more. */
  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  resume(): void {
    this.#child.kill('SIGCONT')
  }

  /** Sends a signal and resolves with the exit code (null after SIGKILL) once the process is gone. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    if (this.hasEnded) return this.#child.exitCode
    const exited = once(this.#child, 'exit')
    this.#child.kill(signal)
    this.resume()
    await exited
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
    if (this.#removesDataDir) rmSync(this.dataDir, { recursive: true, force: true })
  }
}
