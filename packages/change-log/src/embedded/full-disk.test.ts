import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { allRecords, endsOf, newTopic, record, textOf } from '../contract/contract-subject.ts'
import { LogUnavailableError } from '../errors.ts'
import { openWriter } from './testing/log-folder.ts'

const DISK_BYTES = 12 * 1024 * 1024
const REFUSALS = 5

describe.skipIf(!canMount())('on a full disk (a tmpfs: needs the right to mount one)', () => {
  test('appends are refused with what to do, nothing acknowledged is lost, and they work again once there is room', async () => {
    const disk = smallDisk()
    const ballast = join(disk, 'ballast')
    writeFileSync(ballast, Buffer.alloc(DISK_BYTES / 2))
    const failures: unknown[] = []
    const onMaintenanceFailure = (error: unknown) => void failures.push(error)
    const directory = join(disk, 'log')
    const log = await openWriter(directory, { onMaintenanceFailure })
    const topic = await newTopic(log, { partitions: 2 })

    const acknowledged: string[] = []
    const append = async (number: number) => {
      await log.append([record(topic, `page-${number % 5}`, `${number} ${'x'.repeat(50_000)}`)])
      acknowledged.push(`${number}`)
    }
    for (const refusal of await refusalsOf(append)) {
      expect(refusal).toBeInstanceOf(LogUnavailableError)
      expect(refusal).toMatchObject({ isRetryable: true })
      expect(String(refusal)).toContain(directory)
      expect(String(refusal)).toMatch(/full|room/)
    }
    const numbers = async () => (await allRecords(log, topic)).map((found) => textOf(found).split(' ')[0])
    expect((await numbers()).sort()).toEqual([...acknowledged].sort())

    rmSync(ballast)
    for (let number = 2000; number < 2010; number++) await append(number)
    expect((await numbers()).sort()).toEqual([...acknowledged].sort())
    const ends = await endsOf(log, topic)
    await log[Symbol.asyncDispose]()

    const again = await openWriter(directory, { onMaintenanceFailure })
    expect(await endsOf(again, topic)).toEqual(ends)
    expect(await allRecords(again, topic)).toHaveLength(acknowledged.length)
    for (const failure of failures) expect(failure).toBeInstanceOf(LogUnavailableError)
  })
})

/** Appends until the disk is so full that it has been refused a few times: what a checkpoint frees is used up in between. */
async function refusalsOf(append: (number: number) => Promise<void>): Promise<readonly unknown[]> {
  const refusals: unknown[] = []
  for (let number = 0; refusals.length < REFUSALS; number++) {
    await append(number).catch((error: unknown) => refusals.push(error))
  }
  return refusals
}

function smallDisk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-disk-'))
  mount(folder)
  onTestFinished(() => {
    execFileSync('umount', [folder])
    rmdirSync(folder)
  })
  return folder
}

function mount(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder], { stdio: 'ignore' })
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'freshet-disk-'))
  try {
    mount(folder)
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  } finally {
    rmdirSync(folder)
  }
}
