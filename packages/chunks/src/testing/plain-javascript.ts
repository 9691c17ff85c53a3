import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const packageFolder = join(import.meta.dirname, '../..')

/**
 * Writes this package as JavaScript into a folder of its own, for a Node that cannot strip types, and gives the folder.
 * The caller removes it.
 */
export function writePlainJavaScript(): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-chunks-'))
  for (const name of readdirSync(join(packageFolder, 'src'))) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue
    const source = stripTypeScriptTypes(readFileSync(join(packageFolder, 'src', name), 'utf8'))
    writeFileSync(
      join(folder, name.replace(/\.ts$/, '.js')),
      source.replaceAll(/(from '\.\/[^']+)\.ts'/g, "$1.js'"),
    )
  }
  const imports = { '#sha256': { node: './sha256.node.js', default: './sha256.js' } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', imports }))
  symlinkSync(join(packageFolder, 'node_modules'), join(folder, 'node_modules'))
  return folder
}
