import Decoder from 'kafkajs/src/protocol/decoder.js'
import Encoder from 'kafkajs/src/protocol/encoder.js'
import { checkCode } from '../broker-error.ts'
import type { Request } from './request.ts'

/**
 * OffsetFetch v7, the first that can ask for stable offsets only (KIP-447): it is refused for as long as a transaction that moves
 * one of them is open. kafkajs knows up to v4. Partitions without a committed offset are left out.
 */
export function stableGroupOffsets(
  groupId: string,
  topic: string,
  partitions: readonly number[],
): Request<ReadonlyMap<number, bigint>> {
  return {
    apiKey: 9,
    apiVersion: 7,
    apiName: 'OffsetFetch',
    encode: () => {
      const numbers = partitions.map((partition) => new Encoder().writeInt32(partition))
      const topics = [new Encoder().writeUVarIntString(topic).writeUVarIntArray(numbers).writeUVarIntBytes()]
      return new Encoder()
        .writeUVarIntBytes() // the tagged fields that end the request's head
        .writeUVarIntString(groupId)
        .writeUVarIntArray(topics)
        .writeBoolean(true)
        .writeUVarIntBytes()
    },
    decode: (payload) => {
      const decoder = new Decoder(payload)
      const offsets = new Map<number, bigint>()
      decoder.readTaggedFields()
      decoder.readInt32() // throttle time
      decoder.readUVarIntArray((answer) => {
        answer.readUVarIntString()
        answer.readUVarIntArray((found) => {
          const partition = found.readInt32()
          const offset = found.readInt64()
          found.readInt32() // leader epoch
          found.readUVarIntString() // metadata
          checkCode(`positions of ${groupId} in ${topic}/${partition}`, found.readInt16())
          found.readTaggedFields()
          if (offset >= 0n) offsets.set(partition, offset)
        })
        answer.readTaggedFields()
      })
      checkCode(`positions of ${groupId}`, decoder.readInt16())
      return offsets
    },
  }
}
