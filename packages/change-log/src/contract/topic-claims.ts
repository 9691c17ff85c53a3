import { describe, expect, test } from 'vitest'
import { TopicMismatchError, UnknownTopicError } from '../errors.ts'
import { partitionFor } from '../partitioner.ts'
import { endsOf, newTopic, type OpenSubject, record, subjectOf, testSignal } from './contract-subject.ts'

export function topicClaims(open: OpenSubject): void {
  describe('topics:', () => {
    test('has an identity that fits into a URL', async () => {
      const { log } = await subjectOf(open)
      expect(log.id).toMatch(/^[A-Za-z0-9_-]{6,22}$/)
    })

    test('starts a topic empty, with all of its partitions', async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 4 })
      expect(await log.bounds(topic)).toEqual(Array(4).fill({ earliest: 0n, end: 0n }))
    })

    test('keeps the records when a topic is ensured again, also with another retention', async () => {
      const { log } = await subjectOf(open)
      const name = await newTopic(log, { partitions: 1 })
      await log.append([record(name, 'a', '1')])
      const spec = { name, partitions: 1, cleanup: 'delete' as const, retentionMs: 1e9, retentionBytes: 1e9 }
      await log.ensureTopics([spec])
      expect(await endsOf(log, name)).toEqual([1n])
    })

    test('refuses a topic that exists with other partitions or another cleanup', async () => {
      const { log } = await subjectOf(open)
      const name = await newTopic(log, { partitions: 2 })
      const spec = {
        name,
        partitions: 2,
        cleanup: 'delete' as const,
        retentionMs: undefined,
        retentionBytes: undefined,
      }
      await expect(log.ensureTopics([{ ...spec, partitions: 3 }])).rejects.toThrow(TopicMismatchError)
      await expect(log.ensureTopics([{ ...spec, cleanup: 'compact' }])).rejects.toThrow(TopicMismatchError)
    })

    test('names the topic that was never created, whatever is asked of it', async () => {
      const { log } = await subjectOf(open)
      const topic = 'contract-never-created'
      const { signal } = testSignal()
      const read = log.read({ topic, from: [0n], batchBytesMax: 1000, signal })
      expect(() => log.partitionOf(topic, 'a')).toThrow(UnknownTopicError)
      await expect(log.append([record(topic, 'a', '1')])).rejects.toThrow(topic)
      await expect(log.transact([record(topic, 'a', '1')])).rejects.toThrow(UnknownTopicError)
      await expect(log.bounds(topic)).rejects.toThrow(UnknownTopicError)
      await expect(log.offsetsForTime(topic, 0)).rejects.toThrow(UnknownTopicError)
      await expect(log.committed('group', topic)).rejects.toThrow(UnknownTopicError)
      await expect(read[Symbol.asyncIterator]().next()).rejects.toThrow(UnknownTopicError)
    })

    test("puts a key where Kafka's default partitioner puts it", async () => {
      const { log } = await subjectOf(open)
      const topic = await newTopic(log, { partitions: 7 })
      for (const key of ['', 'enwiki:1', 'enwiki:2', 'ελ:ά', '🦊']) {
        expect(log.partitionOf(topic, key)).toBe(partitionFor(key, 7))
        const [position] = await log.append([record(topic, key, 'x')])
        expect(position?.partition).toBe(partitionFor(key, 7))
      }
    })
  })
}
