import type { FileHandle } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import type { ByteRange } from './byte-range.ts'

/** Below this the system calls, not the bytes, are what a download costs. */
const BUFFER_BYTES = 512 * 1024

/**
 * Writes a range of a file and ends the stream. One buffer is used again and again, each time the operating system has taken
 * all of it: a new one for every read, as file streams have, costs more than the reading. Rejects when the stream closes before.
 */
export async function sendFile(file: FileHandle, { start, end }: ByteRange, target: Writable): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(Math.min(BUFFER_BYTES, end - start + 1))
  for (let position = start; position <= end; ) {
    const length = Math.min(buffer.length, end - position + 1)
    const { bytesRead } = await file.read(buffer, 0, length, position)
    if (bytesRead === 0) throw new Error('the file is shorter than it was')
    await written(target, buffer.subarray(0, bytesRead))
    position += bytesRead
  }
  target.end()
}

function written(target: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    if (target.destroyed) {
      reject(new Error('the partner is gone'))
      return
    }
    const closed = () => reject(new Error('the partner is gone'))
    target.once('close', closed)
    target.write(bytes, (error) => {
      target.off('close', closed)
      if (error) reject(error)
      else resolve()
    })
  })
}
