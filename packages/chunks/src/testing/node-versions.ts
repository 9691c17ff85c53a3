import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A Node of another major version than this process's, if the machine has one. */
export function otherNode(): undefined | { readonly path: string; readonly version: string } {
  const major = (version: string) => version.split('.', 1)[0]
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'node')
    if (folder.includes('node_modules') || !existsSync(path)) continue
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()
    if (major(version) !== major(process.version)) return { path, version }
  }
  return undefined
}
