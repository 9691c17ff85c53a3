import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { createZstdDecompress, zstdDecompressSync } from 'node:zlib'
import type { Part } from '@freshet/protocol'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { OpenServer } from './conformance-server.ts'
import { serverFor } from './server-under-test.ts'
import { changes } from './test-change.ts'

const HEADER_BYTES = 40
const ADVERTISED_WITHIN_MS = 10_000
/** What nothing but a dictionary makes small. */
const SHARED = randomBytes(2_000).toString('base64')

export function dictionaryConformance(openServer: OpenServer): void {
  describe('dictionaries', () => {
    const server = serverFor(openServer)
    const dictionary = Buffer.from(SHARED)
    let id: string

    const answer = async (path: string, headers: Record<string, string>): Promise<IncomingMessage> => {
      const [response] = await once(get(`${server().url}${path}`, { headers }), 'response')
      return response
    }
    const stream = (query: string, headers: Record<string, string>) =>
      answer(`/v1/changes?${query}`, { accept: 'application/x-ndjson', ...headers })
    const listed = async () => {
      const answered = await fetch(`${server().url}/v1/dictionaries`)
      return ((await answered.json()) as { dictionaries: unknown[] }).dictionaries
    }
    const publish = async (bytes: Uint8Array, parts: readonly Part[]) => {
      const published = await server().publishDictionary(bytes, parts)
      await vi.waitFor(
        async () => expect(await listed()).toContainEqual(expect.objectContaining({ id: published })),
        ADVERTISED_WITHIN_MS,
      )
      return published
    }

    beforeAll(async () => {
      id = await publish(dictionary, ['core', 'diff'])
    })

    it('R-62: lists dictionaries and serves each by the digest of its bytes, for good', async () => {
      expect(await listed()).toContainEqual({
        id: createHash('sha256').update(dictionary).digest('hex'),
        url: `/v1/dictionaries/${id}`,
        bytes: dictionary.length,
        createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
        parts: ['core', 'diff'],
        ratio: 2,
        ratioWithout: 1,
      })
      const response = await fetch(`${server().url}/v1/dictionaries/${id}`)
      expect(Buffer.from(await response.arrayBuffer()).equals(dictionary)).toBe(true)
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      const etag = response.headers.get('etag') ?? ''
      const again = await fetch(response.url, { headers: { 'if-none-match': etag } })
      expect(again.status).toBe(304)
      const [, match = ''] = /^match="([^"]+)"$/.exec(response.headers.get('use-as-dictionary') ?? '') ?? []
      const pattern = new URLPattern(match, response.url)
      expect(pattern.test(`${server().url}/v1/changes?wiki=enwiki&from=earliest`)).toBe(true)
      expect(pattern.test(`${server().url}/v1/archive`)).toBe(false)
      const unknown = await fetch(`${server().url}/v1/dictionaries/${'0'.repeat(64)}`)
      expect(unknown.status).toBe(404)
      expect(await unknown.json()).toMatchObject({ error: { code: 'not_found' } })
    })

    it('R-63: gives the same stream with a dictionary, in fewer bytes', async () => {
      await server().append(changes('dcz', 50, { wiki: 'dczwiki', parts: { diff: SHARED } }))
      for (const accept of ['application/x-ndjson', 'text/event-stream']) {
        const query = 'wiki=dczwiki&from=earliest&until=latest'
        const plain = await stream(query, { accept })
        const encoded = await stream(query, { accept, ...having(id), 'accept-encoding': 'gzip, zstd, dcz' })
        expect(encoded.headers['content-encoding']).toBe('dcz')
        const [text, bytes] = [Buffer.concat(await plain.toArray()), Buffer.concat(await encoded.toArray())]
        expect(bytes.subarray(0, HEADER_BYTES).toString('hex')).toBe(`5e2a4d1820000000${id}`)
        expect(bytes.length).toBeLessThan(text.length / 10)
        const changesIn = (lines: Buffer) => (lines.toString().match(/\{"id":.*\}/g) ?? []).toSorted()
        expect(changesIn(text)).toHaveLength(50)
        expect(changesIn(zstdDecompressSync(bytes, { dictionary }))).toEqual(changesIn(text))
      }
    })

    it('R-63: can be read with a dictionary as it arrives', async () => {
      const response = await stream('wiki=livedczwiki', { ...having(id), 'accept-encoding': 'dcz' })
      const text = response.pipe(createZstdDecompress({ dictionary })).setEncoding('utf8')
      const heard = async (expected: string) => {
        for (let all = ''; !all.includes(expected); ) {
          const piece = text.read()
          if (piece === null) await once(text, 'readable')
          else all += piece
        }
      }
      await heard('"live"')
      for (const change of changes('livedcz', 3, { wiki: 'livedczwiki', parts: { diff: SHARED } })) {
        await server().append([change])
        await heard(`"${change.id}"`)
      }
      response.destroy()
    })

    it('R-63: compresses with a dictionary for nobody who likes something else better', async () => {
      const response = await stream('until=latest', { ...having(id), 'accept-encoding': 'dcz;q=0.5, gzip' })
      response.resume()
      expect(response.headers['content-encoding']).toBe('gzip')
    })

    it.each([
      ['0'.repeat(64), 'dcz, zstd', 'zstd'],
      ['0'.repeat(64), 'dcz', undefined],
      ['', 'dcz, gzip', 'gzip'],
      ['not hex', 'dcz', undefined],
    ])('R-64: does without the dictionary "%s" for who accepts %s', async (unknown, accepted, encoding) => {
      const headers = { ...having(unknown), 'accept-encoding': accepted }
      const response = await stream('until=latest', headers)
      response.resume()
      expect(response.statusCode).toBe(200)
      expect(response.headers['content-encoding']).toBe(encoding)
    })

    it('R-65: says which dictionary fits the parts asked for best', async () => {
      const forChunks = await publish(randomBytes(1_024), ['core', 'chunks'])
      const linkOf = async (parts: string) => {
        const response = await stream(`until=latest&parts=${parts}`, {})
        response.resume()
        expect(response.headers.vary).toContain('Available-Dictionary')
        const [, target = '', relation] = /^<(.*)>; rel="(.*)"$/.exec(String(response.headers.link)) ?? []
        expect(relation).toBe('compression-dictionary')
        return new URL(target, `${server().url}/v1/changes`).pathname
      }
      const pathOf = (found: string) => `/v1/dictionaries/${found}`
      expect(await linkOf('core,diff')).toBe(pathOf(id))
      expect(await linkOf('chunks')).toBe(pathOf(forChunks))
      // The newest, when there is none for these parts.
      expect(await linkOf('facts')).toBe(pathOf(forChunks))
    })
  })
}

function having(id: string): Record<string, string> {
  return { 'available-dictionary': `:${Buffer.from(id, 'hex').toString('base64')}:` }
}
