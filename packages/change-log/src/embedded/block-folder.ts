import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Large blocks lie in plain files, one behind the other, and the database says what lies where: a block is read in one go
 * then, into memory that is there already.
 */
export interface BlockPlace {
  readonly file: number
  readonly position: number
}

const NAME = /^(\d+)\.blocks$/

export function blockFolder(directory: string): string {
  return join(directory, 'blocks')
}

export function blockFileName(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(8, '0')}.blocks`)
}

export function blockFileNumbers(folder: string): readonly number[] {
  return readdirSync(folder).flatMap((name) => {
    const number = NAME.exec(name)?.[1]
    return number === undefined ? [] : [Number(number)]
  })
}
