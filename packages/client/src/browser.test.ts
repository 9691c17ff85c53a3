import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { BlockCache } from '@freshet/chunks'
import { build } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'
import type * as Client from './index.ts'
import { PageHistory } from './testing/page-history.ts'
import { StreamSimulator } from './testing/stream-simulator.ts'

/** What pages and Node have in common; nothing of Node's own is there. */
const WEB_GLOBALS = {
  AbortController,
  AbortSignal,
  Request,
  TextDecoder,
  TextEncoder,
  URL,
  btoa,
  clearTimeout,
  fetch,
  setTimeout,
}

async function bundled(): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      lib: { entry: join(import.meta.dirname, 'index.ts'), formats: ['iife'], name: 'client' },
    },
  })
  const [first] = Array.isArray(output) ? output : []
  const [chunk] = first?.output ?? []
  if (chunk?.type !== 'chunk') throw new Error('vite gave no bundle')
  return chunk.code
}

describe('bundled for a browser', () => {
  let code: string
  let client: typeof Client

  beforeAll(async () => {
    code = await bundled()
    client = runInContext(`${code}\n;client`, createContext({ ...WEB_GLOBALS }))
  })

  it('the client holds nothing of Node, and no more than it needs', () => {
    expect(code).not.toMatch(/node:|__vite-browser-external|\bBuffer\b|\bprocess\./)
    // Validation of what servers take would be the largest part of it.
    expect(code.length).toBeLessThan(200_000)
  })

  it('the client follows a stream', async () => {
    await using simulator = await StreamSimulator.start(3)
    const frames = await Array.fromAsync(client.changes({ url: simulator.url, until: 'latest' }))
    expect(frames.map(({ type }) => type)).toEqual(['progress', 'change', 'change', 'change'])
  })

  it('chunk store and text copies stay in step', async () => {
    const cache = new BlockCache({ sourceLengthMax: 100_000 })
    const texts = ['Rain falls 🌧.', 'Rain falls 🌧 softly.\n\n== Snow ==\n\nSnow, too.']
    const history = new PageHistory(
      1,
      'en',
      cache,
      texts.map((text) => ({ kind: 'edit', text })),
    )
    const fetchPage = async () => 'gone' as const
    const store = new client.ChunkStore({ fetchPage })
    const copies = new client.TextCopies({ fetchPage })
    for (const change of history.changes) {
      await store.apply(change)
      await copies.apply(change)
    }
    expect(await store.check('enwiki', 1, history.finalDigest)).toBe(true)
    expect((await copies.get('enwiki', 1))?.copy).toBe(texts[1])
  })
})
