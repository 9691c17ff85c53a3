import { ServiceProcess, type ServiceProcessOptions } from '../harness/service-process.ts'

export interface FreshetNodeOptions {
  readonly name: string
  readonly service: ServiceProcessOptions['service']
  readonly dataDir: string
  readonly options: readonly string[]
}

/** A process of Freshet that a test kills, pauses and starts again: always on the same port, with the same folder. */
export class FreshetNode implements AsyncDisposable {
  readonly name: string
  /** For the next start, beside those that it always has. */
  moreOptions: readonly string[] = []
  readonly #options: FreshetNodeOptions
  #process: ServiceProcess | undefined
  #port = 0

  constructor(options: FreshetNodeOptions) {
    this.name = options.name
    this.#options = options
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** What it wrote since it was last started. */
  get output(): string {
    return this.#process?.output ?? ''
  }

  /** Resolves once it serves. */
  async start(): Promise<void> {
    this.spawn()
    await this.#process?.untilStarted()
    this.#port = this.#process?.port ?? 0
  }

  /** As `start`, and does not wait until its log is there. */
  spawn(): void {
    const { service, dataDir, options } = this.#options
    const given = [...options, ...this.moreOptions]
    this.#process = ServiceProcess.spawn({ service, dataDir, port: this.#port, options: () => given })
  }

  async kill9(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Leaves in good order; rejects when it does not end with 0. */
  async stop(): Promise<void> {
    const process = this.#process
    const code = await this.#end('SIGTERM')
    if (code !== 0) throw new Error(`${this.name} ended with ${code} on SIGTERM:\n${process?.output}`)
  }

  pause(): void {
    this.#process?.pause()
  }

  resume(): void {
    this.#process?.resume()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill9()
  }

  #end(signal: NodeJS.Signals): Promise<number | null> | undefined {
    const process = this.#process
    this.#process = undefined
    return process?.end(signal)
  }
}
