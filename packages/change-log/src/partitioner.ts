/**
 * Kafka's default partitioner: murmur2 over the key's UTF-8 bytes, so that a topic may be written by any Kafka client
 * beside ours. https://kafka.apache.org/documentation/#producerconfigs_partitioner.class
 */
export function partitionFor(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions
}

const SEED = 0x9747b28c
const MULTIPLIER = 0x5bd1e995
const SHIFT = 24

/** Austin Appleby's MurmurHash2 with Kafka's seed, as a signed 32-bit number, the way Kafka's own tests write it. */
export function murmur2(bytes: Uint8Array): number {
  const wholeWords = bytes.length & ~3
  let hash = SEED ^ bytes.length
  for (let at = 0; at < wholeWords; at += 4) {
    const word = Math.imul(littleEndian(bytes, at, 4), MULTIPLIER)
    hash = Math.imul(hash, MULTIPLIER) ^ Math.imul(word ^ (word >>> SHIFT), MULTIPLIER)
  }
  if (wholeWords < bytes.length) {
    hash = Math.imul(hash ^ littleEndian(bytes, wholeWords, bytes.length - wholeWords), MULTIPLIER)
  }
  hash = Math.imul(hash ^ (hash >>> 13), MULTIPLIER)
  return hash ^ (hash >>> 15)
}

function littleEndian(bytes: Uint8Array, start: number, length: number): number {
  let word = 0
  for (let index = 0; index < length; index++) word |= (bytes[start + index] ?? 0) << (8 * index)
  return word
}
