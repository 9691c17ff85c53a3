import { inject } from 'vitest'
import type { DeskAnswer } from './kafka-desk.ts'
import { kafkaJars } from './kafka-jars.ts'
import { NoKafkaError } from './no-kafka-error.ts'

/** For `describe.skipIf(kafka.missing)`: no Kafka is a visible skip, and with `CI=true` a failure. */
export interface KafkaForTests {
  /** Empty where there is none. */
  readonly brokers: readonly string[]
  /** Why there is none; undefined where there is one. */
  readonly missing: undefined | string
}

/** The broker that all test files of this run share. They give their topics and groups names of their own. */
export async function kafkaForTests(): Promise<KafkaForTests> {
  const response = await fetch(inject('kafkaDesk'))
  const answer = (await response.json()) as DeskAnswer
  switch (answer.type) {
    case 'running':
      return { brokers: answer.brokers, missing: undefined }
    case 'missing':
      return { brokers: [], missing: allowedToMiss(answer.reason) }
    case 'failed':
      throw new Error(`Kafka did not start: ${answer.reason}`)
  }
}

/** Why this machine cannot run a `KafkaCluster` of a test's own, for its faults; undefined where it can. */
export async function whyNoKafkaCluster(): Promise<undefined | string> {
  try {
    await kafkaJars()
    return undefined
  } catch (error) {
    if (error instanceof NoKafkaError) return allowedToMiss(error.message)
    throw error
  }
}

function allowedToMiss(reason: string): string {
  if (process.env.CI === 'true') throw new NoKafkaError(`${reason}; CI has to have a Kafka`)
  return reason
}
