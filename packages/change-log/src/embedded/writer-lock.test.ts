import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { LogLockedError } from '../errors.ts'
import { newFolder, openReader, openWriter } from './testing/log-folder.ts'
import { WriterLock } from './writer-lock.ts'

test('a second writer in the same process is refused, and the error says who has the folder', async () => {
  const directory = newFolder()
  await openWriter(directory)
  const refused = await openWriter(directory).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(LogLockedError)
  expect(String(refused)).toContain(directory)
  expect(String(refused)).toContain(`process ${process.pid}`)
})

test('the folder is free once its writer is closed', async () => {
  const directory = newFolder()
  const first = await openWriter(directory)
  await first[Symbol.asyncDispose]()
  await expect(openWriter(directory)).resolves.toBeDefined()
})

test('readers do not need the lock', async () => {
  const directory = newFolder()
  const log = await openWriter(directory)
  const reader = await openReader(directory)
  expect(reader.id).toBe(log.id)
})

test('a writer in another process keeps the folder until it is killed', async () => {
  const directory = newFolder()
  const holder = fileURLToPath(new URL('./testing/lock-holder.ts', import.meta.url))
  const child = spawn(process.execPath, [holder, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  expect(() => WriterLock.acquire(directory)).toThrow(`process ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  WriterLock.acquire(directory)[Symbol.dispose]()
})
