import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import {
  brotliDecompressSync,
  createBrotliDecompress,
  createGunzip,
  createZstdDecompress,
  gunzipSync,
  zstdDecompressSync,
} from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { OpenServer } from './conformance-server.ts'
import { idOf, openSocket } from './frame-stream.ts'
import { serverFor } from './server-under-test.ts'
import { changes } from './test-change.ts'

const LONG = 'a text that is worth compressing, '.repeat(100)

export function compressionConformance(openServer: OpenServer): void {
  describe('compression', () => {
    const server = serverFor(openServer)
    const answer = async (query: string, encoding: string): Promise<IncomingMessage> => {
      const headers = { accept: 'application/x-ndjson', 'accept-encoding': encoding }
      const [response] = await once(get(`${server().url}/v1/changes?${query}`, { headers }), 'response')
      return response
    }
    const offering = (offer: string) => {
      const headers = {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-extensions': offer,
      }
      return once(get(`${server().url}/v1/changes`, { headers }), 'upgrade')
    }

    it('R-57: accepts permessage-deflate without context takeover, and compresses changes', async () => {
      await server().append(changes('pmd', 20, { wiki: 'pmdwiki', parts: { diff: LONG } }))
      const target = `${server().url}/v1/changes?wiki=pmdwiki&from=earliest`
      const { socket, frames } = openSocket(target, {}, { perMessageDeflate: true })
      using stream = frames
      const [response] = (await once(socket, 'upgrade')) as [IncomingMessage]
      const agreed = String(response.headers['sec-websocket-extensions'])
      expect(agreed).toMatch(/^permessage-deflate/)
      expect(agreed).toContain('server_no_context_takeover')
      expect(agreed).toContain('client_no_context_takeover')
      const received = await stream.changes(20)
      expect(received.map(idOf).toSorted()).toEqual(
        changes('pmd', 20)
          .map(({ id }) => id)
          .toSorted(),
      )
      expect(received[0]?.change?.diff).toBe(LONG)
      expect(response.socket.bytesRead).toBeLessThan(20 * LONG.length * 0.5)
    })

    it('R-57: passes over an offer that limits the window', async () => {
      const answered = async (offer: string) => {
        const [response, socket] = (await offering(offer)) as [IncomingMessage, Socket]
        socket.destroy()
        return response.headers['sec-websocket-extensions']
      }
      expect(await answered('permessage-deflate; server_max_window_bits=10')).toBeUndefined()
      const second = 'permessage-deflate; server_max_window_bits=10, permessage-deflate'
      expect(await answered(second)).toContain('permessage-deflate')
    })

    it.each([
      ['gzip', gunzipSync],
      ['zstd', zstdDecompressSync],
      ['br', brotliDecompressSync],
    ])('R-58: gives the same stream with %s, which ends as it should', async (encoding, decompress) => {
      await server().append(changes(encoding, 50, { wiki: `${encoding}wiki`, parts: { diff: LONG } }))
      const query = `wiki=${encoding}wiki&from=earliest&until=latest`
      const plain = await answer(query, 'identity')
      const encoded = await answer(query, encoding)
      expect(plain.headers['content-encoding']).toBeUndefined()
      expect(encoded.headers).toMatchObject({
        'content-encoding': encoding,
        vary: expect.stringContaining('Accept-Encoding'),
      })
      const [text, bytes] = [Buffer.concat(await plain.toArray()), Buffer.concat(await encoded.toArray())]
      expect(bytes.length).toBeLessThan(text.length / 2)
      const changesIn = (lines: Buffer) => (lines.toString().match(/"change":\{.*\}/g) ?? []).toSorted()
      expect(changesIn(text)).toHaveLength(50)
      expect(changesIn(decompress(bytes))).toEqual(changesIn(text))
    })

    it.each([
      ['gzip', createGunzip],
      ['zstd', createZstdDecompress],
      ['br', createBrotliDecompress],
    ])('R-58: can be read with %s as it arrives', async (encoding, decompressor) => {
      const wiki = `live${encoding}wiki`
      const response = await answer(`wiki=${wiki}`, encoding)
      const text = response.pipe(decompressor()).setEncoding('utf8')
      const heard = async (expected: string) => {
        for (let all = ''; !all.includes(expected); ) {
          const piece = text.read()
          if (piece === null) await once(text, 'readable')
          else all += piece
        }
      }
      await heard('"live"')
      for (const id of ['first', 'second', 'third']) {
        await server().append([{ id, wiki }])
        await heard(`"${id}"`)
      }
      response.destroy()
    })

    it('R-58: prefers gzip where all are as welcome, then zstd, and compresses for nobody who did not ask', async () => {
      const encodingOf = async (accepted: string) => {
        const response = await answer('until=latest', accepted)
        response.resume()
        return response.headers['content-encoding']
      }
      expect(await encodingOf('br, zstd, gzip')).toBe('gzip')
      expect(await encodingOf('br, zstd')).toBe('zstd')
      expect(await encodingOf('gzip;q=0.5, br')).toBe('br')
      expect(await encodingOf('deflate')).toBeUndefined()
    })
  })
}
