import Decoder from 'kafkajs/src/protocol/decoder.js'
import Encoder from 'kafkajs/src/protocol/encoder.js'
import { checkCode } from '../broker-error.ts'
import type { Request } from './request.ts'

export interface GroupOffsets {
  readonly groupId: string
  readonly generationId: number
  readonly memberId: string
  readonly topic: string
  /** Partition and what is next to handle. */
  readonly offsets: readonly (readonly [number, bigint])[]
}

export interface Transaction {
  readonly transactionalId: string
  readonly producerId: string
  readonly producerEpoch: number
}

/**
 * TxnOffsetCommit v3, the first that names the member and the generation (KIP-447): the coordinator refuses the positions of a
 * member that is none any more. kafkajs knows up to v1.
 */
export function commitGroupOffsets(
  { transactionalId, producerId, producerEpoch }: Transaction,
  { groupId, generationId, memberId, topic, offsets }: GroupOffsets,
): Request<void> {
  return {
    apiKey: 28,
    apiVersion: 3,
    apiName: 'TxnOffsetCommit',
    encode: () => {
      const partitions = offsets.map(([partition, offset]) =>
        new Encoder()
          .writeInt32(partition)
          .writeInt64(offset)
          .writeInt32(-1) // leader epoch
          .writeUVarIntString(null) // metadata
          .writeUVarIntBytes(),
      )
      const topics = [
        new Encoder().writeUVarIntString(topic).writeUVarIntArray(partitions).writeUVarIntBytes(),
      ]
      return new Encoder()
        .writeUVarIntBytes() // the tagged fields that end the request's head
        .writeUVarIntString(transactionalId)
        .writeUVarIntString(groupId)
        .writeInt64(producerId)
        .writeInt16(producerEpoch)
        .writeInt32(generationId)
        .writeUVarIntString(memberId)
        .writeUVarIntString(null) // group instance id
        .writeUVarIntArray(topics)
        .writeUVarIntBytes()
    },
    decode: (payload) => {
      const decoder = new Decoder(payload)
      decoder.readTaggedFields()
      decoder.readInt32() // throttle time
      decoder.readUVarIntArray((answer) => {
        answer.readUVarIntString()
        answer.readUVarIntArray((partition) => {
          const number = partition.readInt32()
          checkCode(`commit ${groupId} at ${topic}/${number}`, partition.readInt16())
          partition.readTaggedFields()
        })
        answer.readTaggedFields()
      })
    },
  }
}
