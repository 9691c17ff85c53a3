import Decoder from 'kafkajs/src/protocol/decoder.js'
import Encoder from 'kafkajs/src/protocol/encoder.js'
import type { Request } from './request.ts'

export interface Metadata {
  readonly brokers: readonly BrokerAddress[]
  readonly clusterId: string | null
  readonly topics: readonly TopicMetadata[]
}

export interface BrokerAddress {
  readonly nodeId: number
  readonly host: string
  readonly port: number
}

export interface TopicMetadata {
  readonly errorCode: number
  readonly name: string
  readonly partitions: readonly PartitionMetadata[]
}

export interface PartitionMetadata {
  readonly partition: number
  /** Node id; -1 while there is none. */
  readonly leader: number
  readonly replicas: readonly number[]
}

/**
 * Metadata v5. kafkajs' own cannot ask for no topic at all, and refuses the whole answer when one partition of one topic has
 * no leader.
 */
export function clusterMetadata(topics: readonly string[]): Request<Metadata> {
  return {
    apiKey: 3,
    apiVersion: 5,
    apiName: 'Metadata',
    encode: () => new Encoder().writeArray(topics).writeBoolean(false),
    decode: (payload) => {
      const decoder = new Decoder(payload)
      decoder.readInt32() // throttle time
      const brokers = decoder.readArray(readBroker)
      const clusterId = decoder.readString()
      decoder.readInt32() // controller
      return { brokers, clusterId, topics: decoder.readArray(readTopic) }
    },
  }
}

function readBroker(decoder: Decoder): BrokerAddress {
  const nodeId = decoder.readInt32()
  const host = decoder.readString() ?? ''
  const port = decoder.readInt32()
  decoder.readString() // rack
  return { nodeId, host, port }
}

function readTopic(decoder: Decoder): TopicMetadata {
  const errorCode = decoder.readInt16()
  const name = decoder.readString() ?? ''
  decoder.readInt8() // whether it is internal
  const partitions = decoder.readArray(readPartition)
  partitions.sort((left, right) => left.partition - right.partition)
  return { errorCode, name, partitions }
}

function readPartition(decoder: Decoder): PartitionMetadata {
  decoder.readInt16() // an error that the missing leader tells as well
  const partition = decoder.readInt32()
  const leader = decoder.readInt32()
  const replicas = decoder.readArray((ids) => ids.readInt32())
  decoder.readArray((ids) => ids.readInt32()) // in sync
  decoder.readArray((ids) => ids.readInt32()) // offline
  return { partition, leader, replicas }
}
