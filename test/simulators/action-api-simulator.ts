import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import type { ActionApiFault } from './action-api-faults.ts'
import { ActionApiWiki } from './action-api-wiki.ts'

/** What one request asked for. */
export interface ActionApiRequest {
  readonly domain: string
  readonly revisionIds: readonly number[]
  readonly userAgent: string | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly isGzipAccepted: boolean
  /** What it got instead of an answer. */
  readonly fault: ActionApiFault | undefined
}

/** Anonymous users may name so many ids at once. */
const REVISION_IDS_MAX = 50

const JSON_TYPE = 'application/json; charset=utf-8'

const HTML_PAGE = `<!DOCTYPE html>
<html lang="en"><title>Wikimedia Error</title><p>Our servers are currently under maintenance or experiencing a technical issue.</p></html>`

/**
 * Speaks MediaWiki's Action API for `action=query&prop=revisions&revids=…&formatversion=2`, on 127.0.0.1, for any
 * number of wikis: `/{domain}/w/api.php`. Its faults are switched on by the test.
 */
export class ActionApiSimulator implements AsyncDisposable {
  /** Every request, in the order of arrival. */
  readonly requests: ActionApiRequest[] = []
  /** Asked once per request, before it is answered. */
  nextFault: () => ActionApiFault | undefined = () => undefined
  readonly #wikis = new Map<string, ActionApiWiki>()
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    server.on('request', (request, response) => this.#respond(request, response))
  }

  static async start(): Promise<ActionApiSimulator> {
    const server = createServer()
    const simulator = new ActionApiSimulator(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return simulator
  }

  /** For `{domain}` the wiki's. */
  get urlTemplate(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/{domain}/w/api.php`
  }

  wiki(domain: string): ActionApiWiki {
    return this.#wikis.getOrInsertComputed(domain, () => new ActionApiWiki())
  }

  /** The next requests fail in these ways, one after the other; those after them do not. */
  failNext(...faults: readonly ActionApiFault[]): void {
    const left = [...faults]
    this.nextFault = () => left.shift()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  #respond(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://simulator')
    const domain = url.pathname.split('/')[1] ?? ''
    const fault = this.nextFault()
    const asked: ActionApiRequest = {
      domain,
      revisionIds: (url.searchParams.get('revids') ?? '').split('|').map(Number),
      userAgent: request.headers['user-agent'],
      parameters: Object.fromEntries(url.searchParams),
      isGzipAccepted: /\bgzip\b/.test(String(request.headers['accept-encoding'])),
      fault,
    }
    this.requests.push(asked)
    const reply = new ActionApiReply(response, asked.isGzipAccepted)
    const wiki = this.#wikis.get(domain)
    if (!asked.userAgent || asked.userAgent === 'node') {
      reply.text(403, 'Please set a user-agent and respect our robot policy.')
    } else if (url.pathname !== `/${domain}/w/api.php` || wiki === undefined) {
      reply.html(404)
    } else if (fault === undefined) {
      reply.json(this.#answer(wiki, asked))
    } else {
      reply.fault(fault, () => this.#answer(wiki, asked))
    }
  }

  #answer(wiki: ActionApiWiki, { parameters, revisionIds }: ActionApiRequest): object {
    if (parameters.action !== 'query' || parameters.format !== 'json' || parameters.formatversion !== '2') {
      return errorBody('badvalue', 'The simulator answers action=query, format=json, formatversion=2.')
    }
    if (revisionIds.length > REVISION_IDS_MAX) {
      return errorBody(
        'toomanyvalues',
        `Too many values supplied for parameter "revids". The limit is ${REVISION_IDS_MAX}.`,
      )
    }
    return wiki.query(revisionIds)
  }
}

/** Ways of writing an answer, right and wrong. */
class ActionApiReply {
  readonly #response: ServerResponse
  readonly #isGzipAccepted: boolean

  constructor(response: ServerResponse, isGzipAccepted: boolean) {
    this.#response = response
    this.#isGzipAccepted = isGzipAccepted
  }

  json(body: object, headers: Readonly<Record<string, string>> = {}): void {
    this.#send(200, JSON_TYPE, JSON.stringify(body), headers)
  }

  text(status: number, body: string): void {
    this.#send(status, 'text/plain; charset=utf-8', body, {})
  }

  html(status: number, headers: Readonly<Record<string, string>> = {}): void {
    this.#send(status, 'text/html; charset=utf-8', HTML_PAGE, headers)
  }

  fault(fault: ActionApiFault, answer: () => object): void {
    switch (fault.type) {
      case 'maxlag':
        this.#maxlag(fault.lagSeconds, fault.retryAfter)
        break
      case 'api_error':
        this.json(errorBody(fault.code, 'Something went wrong.'), { 'mediawiki-api-error': fault.code })
        break
      case 'status':
        this.html(fault.status, fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter })
        break
      case 'html':
        this.html(200)
        break
      case 'nonsense':
        this.json({ query: { pages: [{ revisions: [{ revid: 'one' }] }] } })
        break
      case 'half':
        this.#send(200, JSON_TYPE, halfOf(JSON.stringify(answer())), {})
        break
      case 'cut':
        this.#cut(JSON.stringify(answer()))
        break
      case 'stall':
        break
      case 'slow':
        setTimeout(() => this.json(answer()), fault.delayMs)
        break
    }
  }

  #maxlag(lagSeconds: number, retryAfter: string): void {
    const info = `Waiting for 10.0.0.1: ${lagSeconds} seconds lagged.`
    this.json(
      { error: { code: 'maxlag', info, host: '10.0.0.1', lag: lagSeconds, type: 'db' } },
      { 'retry-after': retryAfter, 'x-database-lag': String(lagSeconds), 'mediawiki-api-error': 'maxlag' },
    )
  }

  #cut(body: string): void {
    this.#response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': Buffer.byteLength(body) })
    this.#response.write(halfOf(body), () => this.#response.destroy())
  }

  #send(status: number, type: string, body: string, headers: Readonly<Record<string, string>>): void {
    const content = this.#isGzipAccepted ? gzipSync(body) : Buffer.from(body)
    this.#response.writeHead(status, {
      'content-type': type,
      'content-length': content.byteLength,
      ...(this.#isGzipAccepted && { 'content-encoding': 'gzip' }),
      ...headers,
    })
    this.#response.end(content)
  }
}

function halfOf(body: string): string {
  return body.slice(0, body.length >> 1)
}

function errorBody(code: string, info: string): object {
  return { error: { code, info, docref: 'See the API help for usage.' } }
}
