import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { EditPoster } from '../harness/edit-poster.ts'
import { ComposeProject } from './compose-project.ts'
import { PartnerCopy } from './partner-copy.ts'

const EDITS_PER_FAULT = 100
const PAGES = Array.from({ length: 12 }, (_, index) => index + 1)
const NODES = ['ingest-1', 'ingest-2', 'fanout-1', 'fanout-2']

describe('docker compose --profile cluster up', () => {
  let project: ComposeProject
  let poster: EditPoster

  beforeAll(async () => {
    project = await ComposeProject.of('cluster')
    poster = new EditPoster(() => project.intakeUrl, PAGES, 1)
    // All that it depends on, which leaves Prometheus and Grafana out.
    await project.up(['load-balancer'], [...NODES, 'load-balancer'])
  })
  afterAll(() => project[Symbol.asyncDispose]())

  it.each(['kafka-1', 'ingest-2', 'fanout-1', 'ingest-1', 'fanout-2'])(
    'loses and repeats nothing when %s is killed',
    async (service) => {
      await using partner = new PartnerCopy(project.streamUrl)
      const stop = new AbortController()
      const posting = poster.run(stop.signal)
      await acknowledged(poster, EDITS_PER_FAULT)
      await project.kill9(service)
      await acknowledged(poster, EDITS_PER_FAULT)
      await project.start(service)
      await project.untilHealthy(service)
      await acknowledged(poster, EDITS_PER_FAULT)
      stop.abort()
      await posting
      await partner.untilItHas(poster.acknowledged)
    },
  )

  it('drains on SIGTERM, and every node ends with 0', async () => {
    await project.stop('load-balancer', ...NODES)
    for (const node of NODES) {
      const state = await project.state(node)
      expect(state, await project.logs(node)).toMatchObject({
        Status: 'exited',
        ExitCode: 0,
        OOMKilled: false,
      })
    }
  })
})

async function acknowledged(poster: EditPoster, more: number): Promise<void> {
  const enough = poster.acknowledged.size + more
  await vi.waitFor(() => expect(poster.acknowledged.size).toBeGreaterThanOrEqual(enough), {
    timeout: 120_000,
  })
}
