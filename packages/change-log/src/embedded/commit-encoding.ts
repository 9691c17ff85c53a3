import type { NewRecord, RecordPosition } from '../change-log.ts'
import { BLOCK_BYTES, BLOCK_HEAD_BYTES, frameBytes, writeFrame } from './block.ts'
import type { PartitionState } from './catalog.ts'
import { LARGE_BLOCK_BYTES } from './stored-blocks.ts'
import type { Commit, NewBlock, NewEnd, NewPosition } from './writer-messages.ts'

/** Collects the records of one transaction, gives them their offsets, and lays them out as blocks. */
export class CommitEncoder {
  readonly #nowMs: number
  readonly #parts = new Map<PartitionState, PartitionPart>()
  readonly #positions: NewPosition[] = []
  #bytes = 0

  constructor(nowMs: number) {
    this.#nowMs = nowMs
  }

  add(record: NewRecord, state: PartitionState): RecordPosition {
    const part = this.#partOf(state)
    const length = frameBytes(record)
    let block = part.blocks.at(-1)
    if (block === undefined || block.bytes >= BLOCK_BYTES) {
      block = { baseOffset: part.end, records: [], bytes: BLOCK_HEAD_BYTES }
      part.blocks.push(block)
      this.#bytes += BLOCK_HEAD_BYTES
    }
    block.records.push(record)
    block.bytes += length
    this.#bytes += length
    return { topic: state.topic, partition: state.partition, offset: BigInt(part.end++) }
  }

  move(position: NewPosition): void {
    this.#positions.push(position)
  }

  encode(): Commit {
    const target = Buffer.from(new ArrayBuffer(this.#bytes))
    const blocks: NewBlock[] = []
    const ends: NewEnd[] = []
    let at = 0
    for (const [state, part] of this.#parts) {
      joinSmallRest(part.blocks)
      // Never decreasing within a partition, whatever happens to the clock.
      const timestampMs = Math.max(this.#nowMs, state.lastTimestampMs)
      let bytes = 0
      for (const plan of part.blocks) {
        const start = at
        at = writeBlock(target, start, plan, timestampMs)
        const { baseOffset } = plan
        const lastOffset = baseOffset + plan.records.length - 1
        blocks.push({ partitionId: state.id, baseOffset, lastOffset, timestampMs, start, length: at - start })
        bytes += at - start
      }
      ends.push({ partitionId: state.id, from: state.end, to: part.end, timestampMs, bytes })
    }
    return { bytes: target.buffer, blocks, ends, positions: this.#positions }
  }

  #partOf(state: PartitionState): PartitionPart {
    const known = this.#parts.get(state)
    if (known !== undefined) return known
    const part = { end: state.end, blocks: [] }
    this.#parts.set(state, part)
    return part
  }
}

interface PartitionPart {
  end: number
  readonly blocks: BlockPlan[]
}

interface BlockPlan {
  readonly baseOffset: number
  readonly records: NewRecord[]
  bytes: number
}

/** What is left over behind a full block would stay small: large neighbours are not merged with it. */
function joinSmallRest(blocks: BlockPlan[]): void {
  const rest = blocks.at(-1)
  const before = blocks.at(-2)
  if (rest === undefined || before === undefined || rest.bytes >= LARGE_BLOCK_BYTES) return
  before.records.push(...rest.records)
  blocks.pop()
}

function writeBlock(target: Buffer, start: number, plan: BlockPlan, timestampMs: number): number {
  let at = start + BLOCK_HEAD_BYTES
  for (const [index, record] of plan.records.entries()) {
    at = writeFrame(target, at, record, plan.baseOffset + index, timestampMs)
  }
  return at
}
