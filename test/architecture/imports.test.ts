import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const folders = ['packages', 'services'].flatMap((kind) =>
  readdirSync(join(root, kind)).map((name) => join(kind, name)),
)
/** Beside those that serve: one that wires them all, and one whose commands use them. */
const USERS_OF_SERVICES = ['services/standalone', 'services/operator']
const imports = folders.flatMap(importsOf)

interface Import {
  /** Folder of the importing package, such as `services/ingest`. */
  readonly from: string
  readonly file: string
  readonly target: string
}

function importsOf(folder: string): readonly Import[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .flatMap((file) => {
      const text = readFileSync(join(root, folder, file), 'utf8')
      const specifiers = [...text.matchAll(/^(?:import|export)\b[^'"]*?['"]([^'"]+)['"]/gms)].map(
        (match) => match[1] ?? '',
      )
      return specifiers.map((specifier) => ({
        from: folder,
        file: join(folder, file),
        target: targetOf(folder, file, specifier),
      }))
    })
}

/** The folder that an import leads to, or the name of a package that is not ours. */
function targetOf(folder: string, file: string, specifier: string): string {
  if (specifier.startsWith('.')) {
    const path = relative(root, resolve(root, folder, dirname(file), specifier))
    return folders.find((candidate) => path.startsWith(`${candidate}/`)) ?? path
  }
  const name = /^@freshet\/([^/]+)/.exec(specifier)?.[1]
  return name === undefined
    ? specifier
    : (folders.find((candidate) => candidate.endsWith(`/${name}`)) ?? specifier)
}

function wrong(isWrong: (found: Import) => boolean): readonly string[] {
  return imports.filter(isWrong).map(({ file, target }) => `${file} imports ${target}`)
}

describe('imports', () => {
  it('are found at all', () => {
    expect(
      imports.some(({ from, target }) => from === 'services/ingest' && target === 'packages/events'),
    ).toBe(true)
  })

  it('never lead from a package to a service', () => {
    expect(
      wrong(({ from, target }) => from.startsWith('packages/') && target.startsWith('services/')),
    ).toEqual([])
  })

  it('never lead from a service to another, except in standalone, which wires them, and operator, which uses them', () => {
    const isService = (folder: string) => folder.startsWith('services/')
    expect(
      wrong(
        ({ from, target }) =>
          isService(from) && isService(target) && from !== target && !USERS_OF_SERVICES.includes(from),
      ),
    ).toEqual([])
  })

  it('never lead from events or protocol to anything else of ours', () => {
    const isCore = (folder: string) => folder === 'packages/events' || folder === 'packages/protocol'
    expect(wrong(({ from, target }) => isCore(from) && folders.includes(target) && target !== from)).toEqual(
      [],
    )
  })

  it('cross from one package to another by its name, not by a path', () => {
    const crossing = folders.flatMap((folder) =>
      importsOf(folder).filter(({ file, target }) => {
        const text = readFileSync(join(root, file), 'utf8')
        return (
          folders.includes(target) && target !== folder && !text.includes(`@freshet/${target.split('/')[1]}`)
        )
      }),
    )
    expect(crossing).toEqual([])
  })
})
