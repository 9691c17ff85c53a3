import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { NodeAddress } from './server-properties.ts'

const run = promisify(execFile)
const LOGGING = `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.xml')}`
const STARTED = 'Kafka Server started'
/** Compiles little and collects in one thread: up within seconds, slower at full load. */
const FAST_START = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']
const OUTPUT_CHARACTERS_MAX = 20_000

export interface KafkaNodeOptions {
  readonly clusterId: string
  readonly address: NodeAddress
  readonly jars: string
  readonly directory: string
  readonly properties: string
  /** Names that it is to resolve, as a hosts file; undefined: those of the machine. */
  readonly namesFile: undefined | string
  readonly formatOptions: readonly string[]
  readonly tunedFor: 'start' | 'throughput'
}

/** One broker as a process of its own, which a test may kill, pause and start again. */
export class KafkaNode {
  readonly address: NodeAddress
  readonly #options: KafkaNodeOptions
  #process: ChildProcess | undefined
  #output = ''

  constructor(options: KafkaNodeOptions) {
    this.address = options.address
    this.#options = options
  }

  /** Resolves once the broker serves. */
  async start(): Promise<void> {
    await this.#format()
    const { jars, directory, tunedFor, address, namesFile } = this.#options
    const tuning =
      tunedFor === 'start' ? [...FAST_START, '-Xmx256m'] : ['-XX:+UseG1GC', '-Xms768m', '-Xmx768m']
    const names = namesFile === undefined ? [] : [`-Djdk.net.hosts.file=${namesFile}`]
    const java = ['-cp', `${jars}/*`, ...tuning, ...names, '-Djava.awt.headless=true', LOGGING]
    const child = spawn('java', [...java, 'kafka.Kafka', join(directory, 'server.properties')], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Out of the terminal's process group: Ctrl-C is for the tests, which then stop their brokers.
      detached: true,
    })
    this.#process = child
    this.#output = ''
    killWithUs(child)
    await this.#started(child)
    await untilPortIs('open', address.port)
  }

  /** Asks the broker to hand over its partitions and end. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
  }

  async kill9(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** The process stays, with all of its connections, and does nothing any more. */
  pause(): void {
    this.#process?.kill('SIGSTOP')
  }

  resume(): void {
    this.#process?.kill('SIGCONT')
  }

  async #format(): Promise<void> {
    const { clusterId, jars, directory, properties, formatOptions } = this.#options
    const dataDir = join(directory, 'data')
    if (await stat(join(dataDir, 'meta.properties')).catch(() => undefined)) return
    await mkdir(directory, { recursive: true })
    const file = join(directory, 'server.properties')
    await writeFile(file, properties)
    const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', file, ...formatOptions]
    await run('java', ['-cp', `${jars}/*`, ...FAST_START, '-Xmx128m', LOGGING, ...format])
  }

  #started(child: ChildProcess): Promise<void> {
    return new Promise((resolve, reject) => {
      const onOutput = (text: Buffer) => {
        this.#output = (this.#output + text).slice(-OUTPUT_CHARACTERS_MAX)
        if (this.#output.includes(STARTED)) resolve()
      }
      child.stdout?.on('data', onOutput)
      child.stderr?.on('data', onOutput)
      child.once('error', reject)
      child.once('exit', () => reject(new Error(`the broker has ended:\n${this.#output}`)))
    })
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    child.kill('SIGCONT')
    await exited
    await untilPortIs('closed', this.address.port)
  }
}

/**
 * A test run that is broken off, however, leaves no broker behind: when this process is gone, the pipe from it is closed, for which a
 * shell waits.
 */
function killWithUs(child: ChildProcess): void {
  const script = 'cat >/dev/null; kill -9 "$1" 2>/dev/null'
  const watcher = spawn('sh', ['-c', script, 'sh', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  watcher.unref()
  child.once('exit', () => watcher.kill('SIGKILL'))
}

async function untilPortIs(state: 'open' | 'closed', port: number): Promise<void> {
  while ((await portState(port)) !== state) await sleep(20)
}

function portState(port: number): Promise<'open' | 'closed'> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve('open'))
    socket.once('error', () => resolve('closed'))
    socket.once('connect', () => socket.destroy())
  })
}
