import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { publishDictionary } from './publish-dictionary.ts'

const DICTIONARY = { content: Buffer.from('rain'), parts: ['core'], ratio: 4, ratioWithout: 2 } as const

async function listening(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, [Symbol.asyncDispose]: async () => void server.close() }
}

describe('publishing a dictionary', () => {
  it('gives the address at which it is served', async () => {
    await using server = await listening((_request, response) =>
      response.writeHead(201).end('{"url":"/v1/dictionaries/abc"}'),
    )
    expect(await publishDictionary(server.url, DICTIONARY)).toBe(`${server.url}/v1/dictionaries/abc`)
  })

  it.each([
    [404, /say with --url where ingest listens/],
    [400, /answered 400: it is too small/],
  ])('explains an answer of %i', async (status, message) => {
    await using server = await listening((_request, response) =>
      response.writeHead(status).end('it is too small'),
    )
    await expect(publishDictionary(server.url, DICTIONARY)).rejects.toThrow(message)
  })

  it('says so when nothing answers', async () => {
    const server = await listening(() => undefined)
    await server[Symbol.asyncDispose]()
    await expect(publishDictionary(server.url, DICTIONARY)).rejects.toThrow(/nothing answers at/)
  })
})
