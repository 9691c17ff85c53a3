import { expect, onTestFinished, test } from 'vitest'
import { sealBlock } from './block.ts'
import { BlockFileWriter } from './block-file-writer.ts'
import { BlockReadAhead } from './block-read-ahead.ts'
import { newFolder } from './testing/log-folder.ts'

function sealed(text: string): Uint8Array {
  const block = Buffer.from(`    ${text}`)
  sealBlock(block)
  return block
}

function target(bytes: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(bytes))
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
    const into = target(block.length)
    expect(await ahead.read(place, into)).toBe(true)
    return Buffer.from(into)
  })
  expect(await Promise.all(reads)).toEqual(blocks)
})

test('says of a block that is damaged, cut off or lost that it could not be read', async () => {
  const { writer, ahead } = started()
  const block = sealed('text')
  const damaged = sealed('text').map((byte, index) => (index === 6 ? byte ^ 1 : byte))
  const { file, position } = writer.append(1, block)
  expect(await ahead.read({ file, position }, target(block.length))).toBe(true)
  expect(await ahead.read({ file, position }, target(block.length + 1))).toBe(false)
  expect(await ahead.read({ file: file + 1, position }, target(block.length))).toBe(false)
  expect(await ahead.read(writer.append(1, damaged), target(block.length))).toBe(false)
})

test('who waits when it is closed is told so', async () => {
  const { writer, ahead } = started()
  const block = sealed('text')
  const reads = Array.from({ length: 20 }, () => ahead.read(writer.append(1, block), target(block.length)))
  ahead[Symbol.dispose]()
  for (const isRead of await Promise.all(reads)) expect(typeof isRead).toBe('boolean')
})
