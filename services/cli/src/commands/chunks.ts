import { BlockCache, type Chunk, chunkDelta, chunksOf, readPage } from '@freshet/chunks'
import { Command } from 'commander'
import { chunkDeltaView, chunksView } from '../chunk-view.ts'
import { readTextFile } from '../read-text-file.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly base?: string
  readonly language: string
  readonly json?: true
}

const CACHE = { sourceLengthMax: 8_000_000 }

/** `freshet chunks FILE` */
export function chunksCommand(terminal: Terminal): Command {
  return new Command('chunks')
    .description(
      'Shows the chunks of a wikitext for a retrieval index; with --base, which of them are to be replaced.',
    )
    .argument('<file>', 'file with the wikitext')
    .option('--base <old>', 'file with the text before: print the delta from its chunks')
    .option('--language <code>', 'language of the wiki, for the names of its namespaces and redirects', 'en')
    .option('--json', 'print JSON: the list, or the delta as the part "chunks" has it')
    .action(async (path: string, { base: basePath, language, json }: Options) => {
      const cache = new BlockCache(CACHE)
      const read = async (file: string): Promise<readonly Chunk[]> =>
        chunksOf(readPage(await readTextFile(file), { contentModel: 'wikitext', language, cache }))
      const base = basePath === undefined ? undefined : await read(basePath)
      const chunks = await read(path)
      const delta = base && chunkDelta(base, chunks)
      if (json) terminal.write(`${JSON.stringify(delta ?? chunks)}\n`)
      else if (base !== undefined && delta !== undefined)
        terminal.write(chunkDeltaView(base, delta, terminal.ink))
      else terminal.write(chunksView(chunks, terminal.ink))
    })
}
