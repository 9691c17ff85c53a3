import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const OUTPUT_BYTES_MAX = 64 * 1024 ** 2

/** What the command of Docker prints. Rejects, with what it says on standard error, when it fails. */
export async function docker(...command: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', [...command], { maxBuffer: OUTPUT_BYTES_MAX })
  return stdout.trim()
}

export interface ContainerState {
  readonly Status: 'created' | 'running' | 'exited' | 'restarting' | 'paused' | 'dead'
  readonly ExitCode: number
  readonly OOMKilled: boolean
  readonly Health?: { readonly Status: 'starting' | 'healthy' | 'unhealthy' }
}

export async function stateOf(container: string): Promise<ContainerState> {
  return JSON.parse(await docker('inspect', '--format', '{{json .State}}', container)) as ContainerState
}
