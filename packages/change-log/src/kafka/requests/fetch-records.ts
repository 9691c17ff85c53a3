import Decoder from 'kafkajs/src/protocol/decoder.js'
import Encoder from 'kafkajs/src/protocol/encoder.js'
import { checkCode } from '../broker-error.ts'
import type { AbortedTransaction } from '../record-batches.ts'
import type { Request } from './request.ts'

export interface FetchOptions {
  readonly topic: string
  /** Partition and the offset to read from. */
  readonly from: readonly (readonly [number, bigint])[]
  /** How long the broker may wait for the first record. */
  readonly waitMsMax: number
  /** Of one partition; the first batch of the answer comes whole, whatever its size. */
  readonly partitionBytesMax: number
  readonly bytesMax: number
}

export interface FetchedPartition {
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: bigint
  /** Before it, all transactions are decided. */
  readonly lastStableOffset: bigint
  readonly abortedTransactions: readonly AbortedTransaction[]
  /** Record batches as they lie in the log; the last may be cut off. */
  readonly bytes: Buffer
}

const CONSUMER = -1
const READ_COMMITTED = 1

/**
 * Fetch v11. kafkajs' reading of the answer leaves out what batches say of themselves, so that nothing tells a batch which
 * compaction has emptied from the end of the log.
 */
export function fetchRecords(options: FetchOptions): Request<readonly FetchedPartition[]> {
  const { topic, from, waitMsMax, partitionBytesMax, bytesMax } = options
  return {
    apiKey: 1,
    apiVersion: 11,
    apiName: 'Fetch',
    encode: () => {
      const partitions = from.map(([partition, offset]) =>
        new Encoder()
          .writeInt32(partition)
          .writeInt32(-1) // leader epoch
          .writeInt64(offset)
          .writeInt64(-1n) // log start, of followers
          .writeInt32(partitionBytesMax),
      )
      return new Encoder()
        .writeInt32(CONSUMER)
        .writeInt32(waitMsMax)
        .writeInt32(1) // bytes at least
        .writeInt32(bytesMax)
        .writeInt8(READ_COMMITTED)
        .writeInt32(0) // no session
        .writeInt32(-1)
        .writeArray([new Encoder().writeString(topic).writeArray(partitions)])
        .writeArray([]) // forgotten topics, of a session
        .writeString('') // rack
    },
    decode: (payload) => {
      const decoder = new Decoder(payload)
      decoder.readInt32() // throttle time
      checkCode(`read ${topic}`, decoder.readInt16())
      decoder.readInt32() // session
      return decoder
        .readArray((answer) => {
          answer.readString() // topic
          return answer.readArray(readPartition)
        })
        .flat()
    },
  }
}

function readPartition(decoder: Decoder): FetchedPartition {
  const partition = decoder.readInt32()
  const errorCode = decoder.readInt16()
  const highWatermark = decoder.readInt64()
  const lastStableOffset = decoder.readInt64()
  decoder.readInt64() // log start
  const abortedTransactions = decoder.readArray((aborted) => ({
    producerId: aborted.readInt64(),
    firstOffset: aborted.readInt64(),
  }))
  decoder.readInt32() // preferred replica
  const bytes = decoder.readBytes() ?? NOTHING
  return { partition, errorCode, highWatermark, lastStableOffset, abortedTransactions, bytes }
}

const NOTHING = Buffer.alloc(0)
