import { expect, onTestFinished, test } from 'vitest'
import { sealBlock } from './block.ts'
import { BlockFileWriter } from './block-file-writer.ts'
import type { BlockPlace } from './block-folder.ts'
import { BlockReadAhead } from './block-read-ahead.ts'
import { newFolder } from './testing/log-folder.ts'

function sealed(text: string): Uint8Array {
  const block = Buffer.from(`    ${text}`)
  sealBlock(block)
  return block
}

function started() {
  const directory = newFolder()
  const writer = new BlockFileWriter(directory)
  const ahead = new BlockReadAhead(directory)
  onTestFinished(() => {
    ahead[Symbol.dispose]()
    writer[Symbol.dispose]()
  })
  return { writer, ahead }
}

test('reads blocks into the memory that is given, each for its own reader', async () => {
  const { writer, ahead } = started()
  const blocks = Array.from({ length: 50 }, (_, index) => sealed(`block ${index} `.repeat(index + 1)))
  const reads = blocks.map(async (block) => {
    const place = writer.append(1, block)
    const memory = await ahead.read(place, block.length, new ArrayBuffer(block.length + 100))
    return Buffer.from(memory ?? new ArrayBuffer(0), 0, block.length)
  })
  expect(await Promise.all(reads)).toEqual(blocks)
})

test('says of a block that is damaged, cut off or lost that it could not be read', async () => {
  const { writer, ahead } = started()
  const block = sealed('text')
  const damaged = sealed('text').map((byte, index) => (index === 6 ? byte ^ 1 : byte))
  const { file, position } = writer.append(1, block)
  const read = (place: BlockPlace, length: number) => ahead.read(place, length, new ArrayBuffer(length))
  expect(await read({ file, position }, block.length)).toBeDefined()
  expect(await read({ file, position }, block.length + 1)).toBeUndefined()
  expect(await read({ file: file + 1, position }, block.length)).toBeUndefined()
  expect(await read(writer.append(1, damaged), block.length)).toBeUndefined()
})

test('who waits when it is closed is told so', async () => {
  const { writer, ahead } = started()
  const block = sealed('text')
  const reads = Array.from({ length: 20 }, () =>
    ahead.read(writer.append(1, block), block.length, new ArrayBuffer(block.length)),
  )
  ahead[Symbol.dispose]()
  expect(await Promise.all(reads)).toHaveLength(20)
})
