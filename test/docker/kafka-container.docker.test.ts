import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { EditPoster } from '../harness/edit-poster.ts'
import { FreshetProcess } from '../harness/freshet-process.ts'
import { EMBEDDED } from '../harness/test-log.ts'
import { KafkaContainer } from '../kafka/kafka-container.ts'
import { docker } from './docker.ts'
import { PartnerCopy } from './partner-copy.ts'

describe('Kafka in a container, started by testcontainers', () => {
  it('is the log of the program, by settings alone', async () => {
    await using kafka = await KafkaContainer.start()
    const log = ['--log', 'kafka', '--kafka-brokers', kafka.brokers.join(',')]
    const options = [...log, '--source', 'none', '--mediawiki-api', 'none']
    await using freshet = await FreshetProcess.start({ log: EMBEDDED, options, dataDir: undefined, port: 0 })
    await using partner = new PartnerCopy(freshet.url)
    const poster = new EditPoster(() => freshet.url, [1, 2, 3], 1)
    const stop = new AbortController()
    const posting = poster.run(stop.signal)
    await vi.waitFor(() => expect(poster.acknowledged.size).toBeGreaterThan(100), { timeout: 60_000 })
    stop.abort()
    await posting
    await partner.untilItHas(poster.acknowledged)
    expect(await freshet.end('SIGTERM')).toBe(0)
  })

  it('is of the version that the compose file runs', async () => {
    const repository = resolve(import.meta.dirname, '../..')
    const read = (path: string) => readFileSync(resolve(repository, path), 'utf8')
    const version = /<kafka.version>(.*)</.exec(read('test/kafka/pom.xml'))?.[1]
    expect(read('docker-compose.yml')).toContain(`image: apache/kafka:${version}\n`)
    expect(await docker('image', 'ls', '-q', `apache/kafka:${version}`)).not.toBe('')
  })
})
