import { expect, onTestFinished, test } from 'vitest'
import { sealBlock, USUAL_BLOCK_BYTES_MAX } from './block.ts'
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

/** Memory with room for more. */
const take = (bytes: number) => new ArrayBuffer(bytes + 100)

test('reads blocks into the memory that is given, each for its own reader', async () => {
  const { writer, ahead } = started()
  for (const round of ['first', 'second']) {
    const blocks = Array.from({ length: 30 }, (_, index) => sealed(`${round} ${index} `.repeat(index + 1)))
    const reads = blocks.map((block) => ahead.read(writer.append(1, block), block.length, take))
    expect((await Promise.all(reads)).map((block) => block && Buffer.from(block))).toEqual(blocks)
  }
})

test('reads no more at a time than there is room for, and none that is larger than most', async () => {
  const { writer, ahead } = started()
  const block = sealed('text')
  const reads = Array.from({ length: 100 }, () => ahead.read(writer.append(1, block), block.length, take))
  const begun = reads.filter((read) => read !== undefined)
  expect(begun.length).toBeGreaterThan(0)
  expect(begun.length).toBeLessThan(100)
  await Promise.all(begun)
  expect(ahead.read({ file: 1, position: 0 }, USUAL_BLOCK_BYTES_MAX + 1, take)).toBeUndefined()
  expect(ahead.read({ file: 1, position: 0 }, block.length, take)).toBeDefined()
})

test('says of a block that is damaged, cut off or lost that it could not be read', async () => {
  const { writer, ahead } = started()
  const block = sealed('text')
  const damaged = sealed('text').map((byte, index) => (index === 6 ? byte ^ 1 : byte))
  const { file, position } = writer.append(1, block)
  const read = (place: BlockPlace, length: number) => ahead.read(place, length, take)
  expect(await read({ file, position }, block.length)).toBeDefined()
  expect(await read({ file, position }, block.length + 1)).toBeUndefined()
  expect(await read({ file: file + 1, position }, block.length)).toBeUndefined()
  expect(await read(writer.append(1, damaged), block.length)).toBeUndefined()
})

test('who waits when it is closed is told so', async () => {
  const { writer, ahead } = started()
  const block = sealed('text')
  const reads = Array.from({ length: 20 }, () => ahead.read(writer.append(1, block), block.length, take))
  ahead[Symbol.dispose]()
  expect(await Promise.all(reads)).toHaveLength(20)
})
