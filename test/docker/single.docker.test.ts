import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { EditPoster } from '../harness/edit-poster.ts'
import { ComposeProject } from './compose-project.ts'
import { docker } from './docker.ts'
import { PartnerCopy } from './partner-copy.ts'

const EDITS = 200
const PAGES = [1, 2, 3, 4, 5]

describe('docker compose up', () => {
  let project: ComposeProject
  let poster: EditPoster

  beforeAll(async () => {
    project = await ComposeProject.of('single')
    poster = new EditPoster(() => project.intakeUrl, PAGES, 1)
    await project.up([], ['kafka', 'ingest', 'fanout'])
  })
  afterAll(() => project[Symbol.asyncDispose]())

  it('is Kafka, ingest and fan-out, and turns edits into diffs', async () => {
    await using partner = new PartnerCopy(project.streamUrl)
    await post(poster, EDITS)
    await partner.untilItHas(poster.acknowledged)
    expect(partner.changesWithoutDiff).toBe(0)
    expect(partner.texts.get('testwiki:1')).toContain('of page 1.')
  })

  it('runs the services as nobody in particular, and lets them write to their data only', async () => {
    const container = await project.container('ingest')
    expect(await docker('exec', container, 'id', '-u')).toBe('1000')
    await expect(docker('exec', container, 'touch', '/app/services/x')).rejects.toThrow()
    await expect(docker('exec', container, 'touch', '/x')).rejects.toThrow(/Read-only/i)
    expect(await docker('exec', container, 'ls', '/var/lib/freshet')).toContain('derived')
  })

  it('says not ready while Kafka is away, keeps its subscribers, and goes on by itself', async () => {
    await using partner = new PartnerCopy(project.streamUrl)
    await project.kill9('kafka')
    await vi.waitFor(async () => expect((await fetch(`${project.streamUrl}/readyz`)).status).toBe(503), {
      timeout: 60_000,
    })
    await project.start('kafka')
    await post(poster, EDITS)
    await partner.untilItHas(poster.acknowledged)
  })

  it('has everything that was acknowledged when it is taken down and brought up again', async () => {
    await using partner = new PartnerCopy(project.streamUrl)
    await partner.untilItHas(poster.acknowledged)
    await project.down()
    await project.up([], ['ingest', 'fanout'])
    await post(poster, EDITS)
    await partner.untilItHas(poster.acknowledged)
  })

  it('drains on SIGTERM, and every service ends with 0', async () => {
    await project.stop('ingest', 'fanout')
    for (const service of ['ingest', 'fanout']) {
      const state = await project.state(service)
      expect(state, await project.logs(service)).toMatchObject({
        Status: 'exited',
        ExitCode: 0,
        OOMKilled: false,
      })
    }
  })
})

async function post(poster: EditPoster, count: number): Promise<void> {
  const enough = poster.acknowledged.size + count
  const stop = new AbortController()
  const posting = poster.run(stop.signal)
  try {
    await vi.waitFor(() => expect(poster.acknowledged.size).toBeGreaterThanOrEqual(enough), {
      timeout: 60_000,
    })
  } finally {
    stop.abort()
  }
  await posting
}
