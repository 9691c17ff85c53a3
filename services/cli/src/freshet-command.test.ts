import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { applyChunkDelta, type Chunk } from '@freshet/chunks'
import { applyDiff } from '@freshet/diff'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freshetCommand } from './freshet-command.ts'
import { COLOURED_INK, PLAIN_INK } from './ink.ts'
import { inkFor } from './terminal.ts'

const OLD = 'Rain falls down. 🌧\n\n== Where ==\nIn the north.\n'
const NEW = 'Rain falls softly. 🌧\n\n== Where ==\nIn the north.\n'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'freshet-cli-'))
  writeFileSync(join(folder, 'old'), OLD)
  writeFileSync(join(folder, 'new'), NEW)
  writeFileSync(join(folder, 'binary'), Uint8Array.of(0xff, 0xfe, 0x00))
})

afterAll(() => rmSync(folder, { recursive: true }))

/** What it prints. Words with a slash in front are files of the folder. */
async function printed(...words: readonly string[]): Promise<string> {
  let text = ''
  const terminal = { ink: PLAIN_INK, write: (written: string) => (text += written), writeError: () => {} }
  const paths = words.map((word) => (word.startsWith('/') ? join(folder, word) : word))
  await freshetCommand(terminal).parseAsync(paths, { from: 'user' })
  return text
}

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The program itself, in the folder. */
async function run(...words: readonly string[]): Promise<Outcome> {
  const main = join(import.meta.dirname, 'main.ts')
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [main, ...words], { cwd: folder })
    return { code: 0, stdout, stderr }
  } catch (error) {
    return error as Outcome
  }
}

describe('freshet diff', () => {
  it('shows the difference, without colours when it is no terminal', async () => {
    expect(await run('diff', 'old', 'new')).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringContaining('-Rain falls [-down-]. 🌧\n+Rain falls {+softly+}. 🌧\n'),
    })
  })

  it('--json prints the diff that leads from the one to the other', async () => {
    const diff = JSON.parse(await printed('diff', '--json', '/old', '/new'))
    expect(applyDiff(OLD, diff)).toBe(NEW)
  })

  it('--patch prints a unified diff, which is empty where there is no difference', async () => {
    expect(await printed('diff', '/old', '/new', '--patch')).toContain(
      '@@ -1,4 +1,4 @@\n-Rain falls down. 🌧\n+Rain falls softly. 🌧\n',
    )
    expect(await printed('diff', '/old', '/old', '--patch')).toBe('')
  })
})

describe('freshet chunks', () => {
  it('--json prints the chunks, and with --base a delta that leads to them', async () => {
    const base: readonly Chunk[] = JSON.parse(await printed('chunks', '--json', '/old'))
    const chunks: readonly Chunk[] = JSON.parse(await printed('chunks', '--json', '/new'))
    const delta = JSON.parse(await printed('chunks', '--json', '/new', '--base', '/old'))
    expect(chunks.map(({ text }) => text)).toEqual(['Rain falls softly. 🌧', 'In the north.'])
    expect(applyChunkDelta(base, delta)).toEqual(chunks)
  })

  it('shows them', async () => {
    expect(await printed('chunks', '/new')).toContain(' prose Where\n    In the north.\n2 chunks, ')
    expect(await printed('chunks', '/new', '--base', '/old')).toContain(
      '1 to embed (21 characters), 1 to delete',
    )
  })
})

describe('a mistake', () => {
  it.each([
    [
      'a file that is not there',
      ['diff', '/old', '/nothing'],
      /^cannot read .*nothing: there is no such file$/,
    ],
    ['a folder', ['diff', '/old', '/.'], /^cannot read .*: it is a folder$/],
    ['what is no text', ['chunks', '/binary'], /binary is not UTF-8 text$/],
  ])('is told in a line: %s', async (_what, words, message) => {
    await expect(printed(...words)).rejects.toThrow(message)
  })

  it.each([
    [['diff', 'old', 'nothing'], 'error: cannot read nothing: there is no such file\n'],
    [['dif', 'old', 'new'], "error: unknown command 'dif'\n(Did you mean diff?)\n(--help tells more)\n"],
    [
      ['diff', '--json', '--patch', 'old', 'new'],
      'error: --json and --patch exclude each other\n(--help tells more)\n',
    ],
  ])('goes to stderr, with an exit code: %j', async (words, stderr) => {
    expect(await run(...words)).toMatchObject({ code: 1, stdout: '', stderr })
  })
})

it('--help tells what there is', async () => {
  expect((await run('chunks', '--help')).stdout).toMatchInlineSnapshot(`
    "Usage: freshet chunks [options] <file>

    Shows the chunks of a wikitext for a retrieval index; with --base, which of them
    are to be replaced.

    Arguments:
      file               file with the wikitext

    Options:
      --base <old>       file with the text before: print the delta from its chunks
      --language <code>  language of the wiki, for the names of its namespaces and
                         redirects (default: "en")
      --json             print JSON: the list, or the delta as the part "chunks" has
                         it
      -h, --help         display help for command
    "
  `)
})

it('colours are for terminals, unless NO_COLOR is set', () => {
  const terminal = {
    isTTY: true,
    hasColors: (environment: NodeJS.ProcessEnv) => !('NO_COLOR' in environment),
  }
  expect(inkFor(terminal, {})).toBe(COLOURED_INK)
  expect(inkFor(terminal, { NO_COLOR: '1' })).toBe(PLAIN_INK)
  expect(inkFor({ ...terminal, isTTY: false }, {})).toBe(PLAIN_INK)
})
