import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { ACTION_API_FAULTS, faultSchedule } from '../../../../test/simulators/action-api-faults.ts'
import { ActionApiSimulator } from '../../../../test/simulators/action-api-simulator.ts'
import { revisionSha1, simulatedRevision } from '../../../../test/simulators/action-api-wiki.ts'
import { actionApiUrl } from './action-api-url.ts'
import { MediawikiRevisionTexts, type MediawikiRevisionTextsOptions } from './mediawiki-revision-texts.ts'
import { request, revisionTextsContract } from './revision-texts.contract.ts'
import type { TextResult } from './revision-texts.ts'
import { SimulatedTime } from './simulated-time.ts'
import { sha1Base36, sha1HexToBase36 } from './text-digest.ts'

const NEVER = new AbortController().signal
const ENGLISH = 'en.wikipedia.org'
const FRENCH = 'fr.wikipedia.org'
const SECOND_MS = 1_000

revisionTextsContract(async (revisions) => {
  const setup = await Setup.start()
  for (const { domain, revisionId, text, state } of revisions) {
    setup.simulator.wiki(domain).put(simulatedRevision({ revisionId, text, state }))
  }
  for (const domain of [ENGLISH, FRENCH]) setup.simulator.wiki(domain)
  return {
    get: (requests, signal) => setup.texts.get(requests, signal),
    [Symbol.asyncDispose]: () => setup[Symbol.asyncDispose](),
  }
})

describe('MediawikiRevisionTexts asks', () => {
  test('for up to 50 revisions in one request, as the API wants it, under its own name', async () => {
    await using setup = await Setup.start()
    setup.putTexts(120)
    await setup.get(120)
    expect(setup.batchSizes()).toEqual([50, 50, 20])
    const [first] = setup.simulator.requests
    expect(first).toMatchObject({
      userAgent: 'Freshet-test/1 (test@example.org)',
      isGzipAccepted: true,
      parameters: {
        action: 'query',
        prop: 'revisions',
        rvslots: 'main',
        format: 'json',
        formatversion: '2',
        maxlag: '5',
      },
    })
  })

  test('once for a revision that several callers want at the same time', async () => {
    await using setup = await Setup.start()
    setup.putTexts(30)
    const results = await Promise.all([setup.get(30), setup.get(30), setup.get(10)])
    expect(results).toEqual([textsUpTo(30), textsUpTo(30), textsUpTo(10)])
    expect(setup.batchSizes()).toEqual([30])
  })

  test('each wiki for its own revisions', async () => {
    await using setup = await Setup.start()
    setup.simulator.wiki(ENGLISH).put(simulatedRevision({ revisionId: 1, text: 'river' }))
    setup.simulator.wiki(FRENCH).put(simulatedRevision({ revisionId: 1, text: 'rivière' }))
    const results = await setup.texts.get([request({}), request({ domain: FRENCH })], NEVER)
    expect(results).toEqual([available('river'), available('rivière')])
    expect(setup.simulator.requests.map(({ domain }) => domain).sort()).toEqual([ENGLISH, FRENCH])
  })

  test('no more at once than its concurrency, over all wikis and of each', async () => {
    await using setup = await Setup.start({ concurrency: 3, concurrencyPerWiki: 2 })
    const underWay = setup.countUnderWay()
    for (const domain of [ENGLISH, FRENCH, 'de.wikipedia.org']) setup.putTexts(400, domain)
    const requests = [ENGLISH, FRENCH, 'de.wikipedia.org'].flatMap((domain) => requestsUpTo(400, domain))
    expect(await setup.texts.get(requests, NEVER)).toHaveLength(1_200)
    expect(underWay.most).toBe(3)
    expect(underWay.mostOf(ENGLISH)).toBe(2)
  })

  test('nobody where no API is known', async () => {
    await using setup = await Setup.start()
    const [result] = await setup.texts.get([{ ...request({}), domain: undefined }], NEVER)
    expect(result).toEqual(unavailable('not_carried'))
    expect(setup.simulator.requests).toEqual([])
  })

  test('what else a caller wants meanwhile, also after another has stopped waiting', async () => {
    await using setup = await Setup.start()
    setup.putTexts(2)
    const stopping = new AbortController()
    const stopped = setup.texts.get(requestsUpTo(2), stopping.signal)
    const waiting = setup.get(2)
    stopping.abort(new Error('enough'))
    await expect(stopped).rejects.toThrow('enough')
    expect(await waiting).toEqual(textsUpTo(2))
  })
})

describe('MediawikiRevisionTexts waits out', () => {
  test.for(ACTION_API_FAULTS.map((fault) => [JSON.stringify(fault), fault] as const))(
    '%s',
    async ([, fault]) => {
      await using setup = await Setup.start()
      setup.putTexts(60)
      setup.simulator.failNext(fault, fault)
      expect(await setup.get(60)).toEqual(textsUpTo(60))
      const { requests, retries } = setup.texts.stats
      expect(requests).toBe(setup.simulator.requests.length)
      expect(retries).toBe(fault.type === 'slow' ? 0 : requests - 2)
    },
  )

  test('an answer that never comes', async () => {
    await using setup = await Setup.start({ requestTimeoutMs: 50 })
    setup.putTexts(1)
    setup.simulator.failNext({ type: 'stall' })
    expect(await setup.get(1)).toEqual(textsUpTo(1))
  })

  test('a server that is not there, until the deadline', async () => {
    await using setup = await Setup.start({ apiUrl: () => 'http://127.0.0.1:1/w/api.php' })
    expect(await setup.get(1)).toEqual([unavailable('temporarily_unavailable')])
    expect(setup.elapsedMs()).toBe(30 * SECOND_MS)
  })

  test('as long as Retry-After says, in seconds', async () => {
    await using setup = await Setup.start()
    setup.putTexts(1)
    setup.simulator.failNext({ type: 'maxlag', lagSeconds: 9, retryAfter: '5' })
    await setup.get(1)
    expect(setup.elapsedMs()).toBeGreaterThanOrEqual(5 * SECOND_MS)
    expect(setup.elapsedMs()).toBeLessThan(6 * SECOND_MS)
  })

  test('as long as Retry-After says, as a date', async () => {
    await using setup = await Setup.start()
    setup.putTexts(1)
    const retryAfter = new Date(setup.time.now() + 20 * SECOND_MS).toUTCString()
    setup.simulator.failNext({ type: 'status', status: 503, retryAfter })
    await setup.get(1)
    expect(setup.elapsedMs()).toBeGreaterThanOrEqual(20 * SECOND_MS)
    expect(setup.elapsedMs()).toBeLessThan(21 * SECOND_MS)
  })

  test('longer and longer, with smaller and smaller batches, one request at a time', async () => {
    await using setup = await Setup.start({ random: () => 0, deadlineMs: 60 * SECOND_MS })
    setup.putTexts(50)
    const fault = { type: 'status', status: 500, retryAfter: undefined } as const
    setup.simulator.failNext(fault, fault, fault, fault)
    expect(await setup.get(50)).toEqual(textsUpTo(50))
    expect(setup.time.sleptMs).toEqual([500, 1_000, 2_000, 4_000])
    expect(setup.batchSizes().slice(0, 5)).toEqual([50, 25, 12, 6, 3])
  })

  test('what failed together as one failure', async () => {
    await using setup = await Setup.start()
    setup.putTexts(100)
    const fault = { type: 'status', status: 500, retryAfter: undefined } as const
    setup.simulator.failNext(fault, fault)
    expect(await setup.get(100)).toEqual(textsUpTo(100))
    expect(setup.batchSizes().slice(0, 3)).toEqual([50, 50, 25])
  })

  test('no longer than the deadline, then the text is temporarily unavailable', async () => {
    await using setup = await Setup.start()
    setup.putTexts(3)
    setup.simulator.nextFault = () => ({ type: 'status', status: 503, retryAfter: '86400' })
    expect(await setup.get(3)).toEqual(Array(3).fill(unavailable('temporarily_unavailable')))
    expect(setup.elapsedMs()).toBe(30 * SECOND_MS)
    expect(setup.logged).toEqual([expect.objectContaining({ reason: 'status 503' })])
  })

  test('answers that make no sense only a few times', async () => {
    await using setup = await Setup.start()
    setup.putTexts(1)
    setup.simulator.nextFault = () => ({ type: 'html' })
    expect(await setup.get(1)).toEqual([unavailable('temporarily_unavailable')])
    expect(setup.simulator.requests).toHaveLength(4)
  })

  test('a text that the wiki cannot load only a few times, without keeping others waiting', async () => {
    await using setup = await Setup.start()
    setup.putTexts(2)
    setup.simulator.wiki(ENGLISH).put(simulatedRevision({ revisionId: 3, text: '', state: 'textmissing' }))
    const other = setup.get(2).then((results) => [results, setup.elapsedMs()])
    expect(await setup.get(3)).toEqual([...textsUpTo(2), unavailable('temporarily_unavailable')])
    expect(await other).toEqual([textsUpTo(2), 0])
    expect(setup.simulator.requests).toHaveLength(4)
  })

  test('a database that an edit has not reached yet', async () => {
    await using setup = await Setup.start()
    setup.putTexts(9)
    const late = simulatedRevision({ revisionId: 10, text: 'text 10', laggingAnswers: 3 })
    setup.simulator.wiki(ENGLISH).put(late)
    expect(await setup.get(10)).toEqual(textsUpTo(10))
    expect(setup.batchSizes()).toEqual([10, 1, 1, 1])
  })

  test('the grace period, before a missing revision is called deleted', async () => {
    await using setup = await Setup.start()
    setup.putTexts(1)
    expect(await setup.get(2)).toEqual([...textsUpTo(1), unavailable('deleted')])
    expect(setup.elapsedMs()).toBe(10 * SECOND_MS)
  })

  test('any mixture of faults, with nothing wrong in the end', async () => {
    await using setup = await Setup.start({ deadlineMs: 3_600 * SECOND_MS })
    setup.putTexts(500)
    setup.simulator.wiki(ENGLISH).resultBytesMax = 50
    const faults = ACTION_API_FAULTS.filter((fault) => !['html', 'nonsense', 'half'].includes(fault.type))
    setup.simulator.nextFault = faultSchedule(20240501, 0.5, faults)
    const results = await Promise.all([setup.get(500), setup.get(300), setup.get(500)])
    expect(results).toEqual([textsUpTo(500), textsUpTo(300), textsUpTo(500)])
    const tried = new Set(setup.simulator.requests.map(({ fault }) => fault))
    expect(faults.filter((fault) => !tried.has(fault))).toEqual([])
  })

  test('any mixture of answers that make no sense, without a wrong text', async () => {
    await using setup = await Setup.start({ deadlineMs: 3_600 * SECOND_MS })
    setup.putTexts(500)
    setup.simulator.nextFault = faultSchedule(7, 0.5, ACTION_API_FAULTS)
    const results = await setup.get(500)
    const isRight = (result: TextResult, index: number) =>
      result.status === 'available'
        ? result.text === `text ${index + 1}`
        : result.reason === 'temporarily_unavailable'
    expect(results.filter((result, index) => !isRight(result, index))).toEqual([])
    expect(results.map(({ status }) => status)).toContain('available')
  })
})

describe('MediawikiRevisionTexts reads', () => {
  test('a result that was cut short, by asking for what is not in it', async () => {
    await using setup = await Setup.start()
    setup.putTexts(50)
    setup.simulator.wiki(ENGLISH).resultBytesMax = 100
    expect(await setup.get(50)).toEqual(textsUpTo(50))
    expect(setup.time.sleptMs).toEqual([])
  })

  test('a text that fits in no result as too large, and those around it all the same', async () => {
    await using setup = await Setup.start()
    setup.putTexts(5)
    setup.simulator.wiki(ENGLISH).resultBytesMax = 100
    setup.simulator.wiki(ENGLISH).put(simulatedRevision({ revisionId: 3, text: 'x'.repeat(101) }))
    const expected = textsUpTo(5).with(2, unavailable('too_large'))
    expect(await setup.get(5)).toEqual(expected)
  })

  test.for(['hidden', 'suppressed'] as const)(
    'a text that is %s as suppressed, also when its account may see it',
    async (state) => {
      await using setup = await Setup.start()
      const wiki = setup.simulator.wiki(ENGLISH)
      wiki.put(simulatedRevision({ revisionId: 1, text: 'a secret', state }))
      wiki.put(simulatedRevision({ revisionId: 2, text: 'a secret', state, isShownAnyway: true }))
      expect(await setup.get(2)).toEqual(Array(2).fill(unavailable('suppressed')))
    },
  )

  test('a revision of several slots, known by the digest of its text or of all of them', async () => {
    await using setup = await Setup.start()
    const file = simulatedRevision({
      revisionId: 1,
      text: 'a file',
      otherSlots: { mediainfo: '{"labels":{}}' },
    })
    setup.simulator.wiki(ENGLISH).put(file)
    const digests = [sha1Base36('a file'), sha1HexToBase36(revisionSha1(file)), sha1Base36('another')]
    expect(new Set(digests).size).toBe(3)
    const results = await setup.texts.get(
      digests.map((sha1) => request({ sha1 })),
      NEVER,
    )
    expect(results).toEqual([available('a file'), available('a file'), unavailable('digest_mismatch')])
  })
})

describe('MediawikiRevisionTexts does not give', () => {
  test('a text that the API has normalized, since it is not the one that is stored', async () => {
    await using setup = await Setup.start()
    setup.simulator.wiki(ENGLISH).put(simulatedRevision({ revisionId: 1, text: 'cafe\u0301' }))
    expect(await setup.get(1)).toEqual([unavailable('digest_mismatch')])
  })
})

describe('MediawikiRevisionTexts leaves alone', () => {
  test('a wiki that refuses it, says so once, and asks again after a pause', async () => {
    await using setup = await Setup.start({ userAgent: 'node' })
    setup.putTexts(1)
    const refused = [unavailable('temporarily_unavailable')]
    expect([await setup.get(1), await setup.get(1), await setup.get(1)]).toEqual([refused, refused, refused])
    expect(setup.simulator.requests).toHaveLength(1)
    expect(setup.logged).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('403: Please set a user-agent') }),
    ])

    await setup.time.sleep(10 * SECOND_MS, NEVER)
    await setup.get(1)
    expect(setup.simulator.requests).toHaveLength(2)
    expect(setup.logged).toHaveLength(1)
  })

  test('a wiki that has no API there', async () => {
    await using setup = await Setup.start()
    expect(await setup.get(1)).toEqual([unavailable('temporarily_unavailable')])
    expect(setup.simulator.requests).toHaveLength(1)
    expect(setup.logged).toHaveLength(1)
  })

  test('a wiki whose API wants a login', async () => {
    await using setup = await Setup.start()
    setup.putTexts(1)
    setup.simulator.failNext({ type: 'api_error', code: 'readapidenied' })
    expect(await setup.get(1)).toEqual([unavailable('temporarily_unavailable')])
    expect(setup.logged).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('readapidenied') }),
    ])
  })

  test('everyone when it is closed, whatever is under way', async () => {
    const setup = await Setup.start()
    setup.putTexts(1)
    setup.simulator.failNext({ type: 'stall' })
    const waiting = setup.get(1)
    await setup[Symbol.asyncDispose]()
    await expect(waiting).rejects.toThrow('aborted')
    await expect(setup.get(1)).rejects.toThrow('aborted')
  })
})

/** An adapter, the wikis that it asks, and the time in which it does. */
class Setup implements AsyncDisposable {
  readonly simulator: ActionApiSimulator
  readonly time = new SimulatedTime()
  readonly texts: MediawikiRevisionTexts
  readonly logged: object[] = []
  readonly #startedMs = this.time.now()
  #fetch: typeof fetch = this.time.fetch

  static async start(options: Partial<MediawikiRevisionTextsOptions> = {}): Promise<Setup> {
    return new Setup(await ActionApiSimulator.start(), options)
  }

  private constructor(simulator: ActionApiSimulator, options: Partial<MediawikiRevisionTextsOptions>) {
    this.simulator = simulator
    this.texts = new MediawikiRevisionTexts({
      apiUrl: actionApiUrl(simulator.urlTemplate),
      userAgent: 'Freshet-test/1 (test@example.org)',
      concurrency: 4,
      concurrencyPerWiki: 2,
      batchRevisionsMax: 50,
      deadlineMs: 30 * SECOND_MS,
      requestTimeoutMs: 20 * SECOND_MS,
      missingGraceMs: 10 * SECOND_MS,
      maxlagSeconds: 5,
      logger: pino({ level: 'info' }, { write: (line: string) => this.logged.push(JSON.parse(line)) }),
      fetch: (input, init) => this.#fetch(input, init),
      clock: this.time,
      random: Math.random,
      ...options,
    })
  }

  putTexts(count: number, domain = ENGLISH): void {
    for (const { revisionId } of requestsUpTo(count)) {
      this.simulator.wiki(domain).put(simulatedRevision({ revisionId, text: `text ${revisionId}` }))
    }
  }

  get(count: number): Promise<readonly TextResult[]> {
    return this.texts.get(requestsUpTo(count), NEVER)
  }

  batchSizes(): number[] {
    return this.simulator.requests.map(({ revisionIds }) => revisionIds.length)
  }

  elapsedMs(): number {
    return this.time.now() - this.#startedMs
  }

  /** From now on requests are counted while they are under way. */
  countUnderWay() {
    const now = new Map<string, number>()
    const most = new Map<string, number>()
    const add = (key: string, by: number) => {
      now.set(key, (now.get(key) ?? 0) + by)
      most.set(key, Math.max(most.get(key) ?? 0, now.get(key) ?? 0))
    }
    this.#fetch = async (url, init) => {
      const domain = new URL(String(url)).pathname.split('/')[1] ?? ''
      for (const key of ['', domain]) add(key, 1)
      try {
        return await this.time.fetch(url, init)
      } finally {
        for (const key of ['', domain]) add(key, -1)
      }
    }
    return {
      get most() {
        return most.get('') ?? 0
      },
      mostOf: (domain: string) => most.get(domain) ?? 0,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.texts[Symbol.asyncDispose]()
    await this.simulator[Symbol.asyncDispose]()
  }
}

function requestsUpTo(count: number, domain = ENGLISH) {
  return Array.from({ length: count }, (_, index) => request({ revisionId: index + 1, domain }))
}

function textsUpTo(count: number): TextResult[] {
  return Array.from({ length: count }, (_, index) => available(`text ${index + 1}`))
}

function available(text: string): TextResult {
  return { status: 'available', text }
}

function unavailable(reason: Extract<TextResult, { status: 'unavailable' }>['reason']): TextResult {
  return { status: 'unavailable', reason }
}
