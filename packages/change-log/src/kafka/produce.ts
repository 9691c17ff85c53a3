import kafkajs from 'kafkajs'
import type { NewRecord } from '../change-log.ts'
import { recordBytes } from '../record-size.ts'
import type { HostPort } from './broker-connections.ts'
import { BrokerError } from './broker-error.ts'
import type { Cluster } from './cluster.ts'

/** Who appends, so that the broker knows a repeat of a batch from a new one. */
export interface Producer {
  /** undefined: outside of a transaction. */
  readonly transactionalId: undefined | string
  readonly producerId: string
  readonly producerEpoch: number
}

/** Records that are appended to one partition as one batch, all of them or none. */
export interface OutgoingBatch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly NewRecord[]
  /** Number of the first record among all that the producer has sent to the partition. */
  readonly firstSequence: number
}

/** A batch ends after the record that reaches this size. */
export const BATCH_BYTES_MAX = 1024 * 1024
/** Below it compressing gains little. */
const COMPRESSED_BYTES_MIN = 1024

/** Brokers take requests of up to 100 MiB (`socket.request.max.bytes`). */
const REQUEST_BYTES_MAX = 32 * 1024 * 1024

const ALL_IN_SYNC = -1

/** Cuts what goes to one broker into requests; a batch that is larger by itself has one of its own. */
export function requestsOf<T>(
  outgoing: readonly T[],
  batchOf: (outgoing: T) => OutgoingBatch,
): readonly (readonly T[])[] {
  const requests: T[][] = []
  let bytes = 0
  for (const one of outgoing) {
    const added = sumOfBytes(batchOf(one).records)
    const last = requests.at(-1)
    if (last !== undefined && bytes + added <= REQUEST_BYTES_MAX) {
      last.push(one)
      bytes += added
    } else {
      requests.push([one])
      bytes = added
    }
  }
  return requests
}

/** Sends batches to the broker that leads their partitions. Resolves with the first offset of each, or why it was refused. */
export async function produce(
  cluster: Cluster,
  leader: HostPort,
  producer: Producer,
  batches: readonly OutgoingBatch[],
  compression: 'none' | 'zstd',
): Promise<readonly (bigint | BrokerError)[]> {
  const topics = Map.groupBy(batches, ({ topic }) => topic)
  const bytes = batches.reduce((sum, { records }) => sum + sumOfBytes(records), 0)
  const isCompressed = compression === 'zstd' && bytes >= COMPRESSED_BYTES_MIN
  const args = {
    ...producer,
    transactionalId: producer.transactionalId ?? null,
    acks: ALL_IN_SYNC,
    timeout: cluster.options.requestTimeoutMs,
    compression: isCompressed ? kafkajs.CompressionTypes.ZSTD : kafkajs.CompressionTypes.None,
    topicData: [...topics].map(([topic, ofTopic]) => ({ topic, partitions: ofTopic.map(partitionData) })),
  }
  const { topics: answers } = await cluster.requests.to(leader).call('Produce', args, bytes)
  const results = new Map<string, bigint | BrokerError>()
  for (const { topicName, partitions } of answers) {
    for (const { partition, errorCode, baseOffset } of partitions) {
      const place = `${topicName}/${partition}`
      results.set(
        place,
        errorCode === 0 ? BigInt(baseOffset) : new BrokerError(`append to ${place}`, errorCode),
      )
    }
  }
  return batches.map(({ topic, partition }) => {
    const result = results.get(`${topic}/${partition}`)
    if (result === undefined)
      throw new Error(`an answer without ${topic}/${partition}, which was appended to`)
    return result
  })
}

function partitionData({ partition, records, firstSequence }: OutgoingBatch): object {
  return { partition, firstSequence, messages: records.map(messageOf) }
}

function messageOf({ key, headers, value }: NewRecord): object {
  return {
    key: Buffer.from(key),
    value: value === null ? null : bufferOf(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, bufferOf(bytes)])),
  }
}

/** The same bytes, as the kind of array that kafkajs takes. */
function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function sumOfBytes(records: readonly NewRecord[]): number {
  return records.reduce((sum, record) => sum + recordBytes(record), 0)
}

/** Numbers of records wrap around at 2^31. */
export function sequenceAfter(sequence: number, records: number): number {
  return (sequence + records) % 2 ** 31
}
