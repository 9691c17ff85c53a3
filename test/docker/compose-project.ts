import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type ContainerState, docker, stateOf } from './docker.ts'
import { freePort } from './free-port.ts'

const run = promisify(execFile)
const REPOSITORY = resolve(import.meta.dirname, '../..')
/** `docker compose`, or the `docker-compose` of old. */
const [COMPOSE = 'docker', ...COMPOSE_OPTIONS] = (process.env.COMPOSE ?? 'docker compose').split(' ')
const POLL_INTERVAL_MS = 250

/** The compose file under a name and on ports of its own. Disposing of it removes containers, volumes and network. */
export class ComposeProject implements AsyncDisposable {
  /** Where subscribers connect. */
  readonly streamUrl: string
  /** Where edits are posted. */
  readonly intakeUrl: string
  readonly #name: string
  readonly #environment: NodeJS.ProcessEnv

  static async of(profile: 'single' | 'cluster'): Promise<ComposeProject> {
    return new ComposeProject(profile, await freePort(), await freePort())
  }

  private constructor(profile: string, streamPort: number, intakePort: number) {
    this.#name = `freshet-test-${profile}-${process.pid}`
    this.streamUrl = `http://127.0.0.1:${streamPort}`
    this.intakeUrl = `http://127.0.0.1:${intakePort}`
    this.#environment = {
      ...process.env,
      COMPOSE_PROFILES: profile,
      PUBLISH_STREAM_PORT: String(streamPort),
      PUBLISH_INTAKE_PORT: String(intakePort),
    }
  }

  /** Starts the services and those that they depend on; resolves once `healthy` are so. */
  async up(services: readonly string[], healthy: readonly string[]): Promise<void> {
    await this.#compose('up', '-d', '--no-build', ...services)
    await Promise.all(healthy.map((service) => this.untilHealthy(service)))
  }

  async untilHealthy(service: string): Promise<void> {
    const container = await this.container(service)
    for (;;) {
      const state = await stateOf(container)
      if (state.Health?.Status === 'healthy') return
      if (state.Status === 'exited') throw new Error(`${service} has ended:\n${await this.logs(service)}`)
      await sleep(POLL_INTERVAL_MS)
    }
  }

  /** The id of the service's container, running or not. */
  async container(service: string): Promise<string> {
    const labels = [`com.docker.compose.project=${this.#name}`, `com.docker.compose.service=${service}`]
    return docker('ps', '-aq', '--no-trunc', ...labels.flatMap((label) => ['--filter', `label=${label}`]))
  }

  async state(service: string): Promise<ContainerState> {
    return stateOf(await this.container(service))
  }

  async kill9(service: string): Promise<void> {
    await docker('kill', '--signal', 'KILL', await this.container(service))
  }

  async start(service: string): Promise<void> {
    await docker('start', await this.container(service))
  }

  /** SIGTERM to these services, or to all, and their time to end. */
  async stop(...services: readonly string[]): Promise<void> {
    await this.#compose('stop', ...services)
  }

  /** Removes the containers; the volumes stay. */
  async down(): Promise<void> {
    await this.#compose('down')
  }

  async logs(service: string): Promise<string> {
    const { stdout, stderr } = await run('docker', ['logs', '--tail', '50', await this.container(service)])
    return stdout + stderr
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#compose('down', '--volumes', '--timeout', '1')
  }

  async #compose(...command: readonly string[]): Promise<string> {
    const files = ['docker-compose.yml', 'test/docker/compose.test.yml'].flatMap((file) => ['-f', file])
    const options = [...COMPOSE_OPTIONS, '-p', this.#name, ...files, ...command]
    const { stdout } = await run(COMPOSE, options, { cwd: REPOSITORY, env: this.#environment })
    return stdout
  }
}
