import { afterEach, describe, expect, it, vi } from 'vitest'
import { framesOf } from '../harness/subscriber.ts'
import { docker, stateOf } from './docker.ts'

const HARDENED = [
  '--read-only',
  '--tmpfs',
  '/tmp',
  '--cap-drop',
  'ALL',
  '--security-opt',
  'no-new-privileges',
]

describe('the image', () => {
  const containers: string[] = []

  afterEach(async () => {
    for (const container of containers.splice(0)) await docker('rm', '--force', '--volumes', container)
  })

  async function run(options: readonly string[], command: readonly string[]): Promise<string> {
    const container = await docker('run', '--detach', ...HARDENED, ...options, 'freshet', ...command)
    containers.push(container)
    return container
  }

  it('is both services over a log of its own when it is told nothing else', async () => {
    const container = await run(['--publish', '127.0.0.1::8080', '--env', 'INGEST_SOURCE=sample'], [])
    const url = `http://${await docker('port', container, '8080')}`
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), { timeout: 60_000 })
    const done = new AbortController()
    for await (const { type } of framesOf(`${url}/v1/changes?from=earliest`, done.signal)) {
      if (type === 'change') break
    }
    done.abort()
    await vi.waitFor(async () => expect((await stateOf(container)).Health?.Status).toBe('healthy'), {
      timeout: 60_000,
    })
  })

  it.each([
    ['alone', []],
    ['under an init', ['--init']],
  ])('ends with 0 on SIGTERM, %s in its container', async (_, init) => {
    const options = [...init, '--publish', '127.0.0.1::8080', '--env', 'INGEST_SOURCE=none']
    const container = await run(options, [])
    const url = `http://${await docker('port', container, '8080')}`
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), { timeout: 60_000 })
    await docker('stop', container)
    expect((await stateOf(container)).ExitCode).toBe(0)
  })

  it('has the dependencies of the services only', async () => {
    const container = await run([], ['ls', '/app', '/app/node_modules/.pnpm', '/app/packages/change-log/src'])
    await docker('wait', container)
    const files = (await docker('logs', container)).split('\n')
    expect(files).toContain('kafkajs@2.2.4')
    expect(files.filter((file) => /^(vitest|typescript|testcontainers|fast-check)@/.test(file))).toEqual([])
    expect(files.filter((file) => file === 'test' || file.endsWith('.test.ts'))).toEqual([])
  })
})
