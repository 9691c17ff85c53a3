import { type ClientRequest, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

const CHANGE_START = Buffer.from('{"type":"change","cursor":"')
const CURSOR_START = Buffer.from('"cursor":"')
const ID_START = Buffer.from('"id":"c')
const QUOTE = 0x22
const NEWLINE = 0x0a
const SPACE = 0x20
const PAGES_MAX = 1_000
const RETRY_DELAY_MS = 50
const LOOK_INTERVAL_MS = 5

/**
 * A partner over NDJSON that costs little, so that a thousand of them are a storm: it reads of a change its number and its
 * cursor, and fails on one that it has or that is out of order within its page.
 */
export class StormClient {
  readonly #url: string
  readonly #pages: number
  readonly #has = new Set<number>()
  readonly #newestOfPage = new Int32Array(PAGES_MAX).fill(-1)
  #request: ClientRequest | undefined
  #cursor = 'latest'
  #rest: Buffer = Buffer.alloc(0)
  #failure: Error | undefined
  #isCut = true

  /** `pages`: change number n is of page n modulo this. */
  constructor(url: string, pages: number) {
    this.#url = url
    this.#pages = pages
  }

  get count(): number {
    return this.#has.size
  }

  get isPositioned(): boolean {
    return this.#cursor !== 'latest'
  }

  /** Comes back with its cursor until it is let in. */
  connect(): void {
    this.#isCut = false
    this.#rest = Buffer.alloc(0)
    const url = `${this.#url}/v1/changes?from=${this.#cursor}`
    const request = get(url, { agent: false, headers: { accept: 'application/x-ndjson' } })
    this.#request = request
    request.on('response', (response) => {
      if (response.statusCode !== 200) {
        response.resume()
        void this.#retry(request)
        return
      }
      response.on('data', (chunk: Buffer) => this.#take(request, chunk))
      response.on('end', () => this.#retry(request))
      response.on('error', () => this.#retry(request))
    })
    request.on('error', () => this.#retry(request))
  }

  /** Goes without a word. */
  cut(): void {
    this.#isCut = true
    this.#request?.destroy()
    this.#request = undefined
  }

  /** Resolves when it has so many changes; rejects when one came twice or out of order. */
  async has(count: number): Promise<void> {
    while (this.#has.size < count && this.#failure === undefined) await sleep(LOOK_INTERVAL_MS)
    if (this.#failure !== undefined) throw this.#failure
  }

  async #retry(request: ClientRequest): Promise<void> {
    if (request !== this.#request) return
    this.#request = undefined
    await sleep(RETRY_DELAY_MS)
    if (!this.#isCut && this.#request === undefined) this.connect()
  }

  #take(request: ClientRequest, chunk: Buffer): void {
    if (request !== this.#request) return
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      // Heartbeats stand before the next line.
      while (bytes[start] === SPACE) start++
      this.#hear(bytes.subarray(start, end))
      start = end + 1
    }
    this.#rest = bytes.subarray(start)
  }

  #hear(line: Buffer): void {
    const cursor = textAfter(line, CURSOR_START)
    if (line.subarray(0, CHANGE_START.length).equals(CHANGE_START)) {
      this.#count(Number(textAfter(line, ID_START)))
    } else if (line.includes('"type":"gap"')) this.#failure = new Error(String(line))
    if (cursor !== undefined) this.#cursor = cursor
  }

  #count(number: number): void {
    const page = number % this.#pages
    if (this.#has.has(number)) this.#failure = new Error(`c${number} came twice`)
    else if (number < (this.#newestOfPage[page] ?? -1))
      this.#failure = new Error(`c${number} is out of order`)
    this.#has.add(number)
    this.#newestOfPage[page] = number
  }
}

/** What stands between `before` and the next quote. */
function textAfter(line: Buffer, before: Buffer): string | undefined {
  const found = line.indexOf(before)
  if (found < 0) return undefined
  const start = found + before.length
  return line.toString('latin1', start, line.indexOf(QUOTE, start))
}
