import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { NoKafkaError } from './no-kafka-error.ts'
import { type RunningKafka, startKafka } from './start-kafka.ts'

/** What the desk answers: where the broker is, why there is none to be had, or why it did not start. */
export type DeskAnswer =
  | { readonly type: 'running'; readonly brokers: readonly string[] }
  | { readonly type: 'missing'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string }

declare module 'vitest' {
  export interface ProvidedContext {
    readonly kafkaDesk: string
  }
}

/**
 * Vitest's global set-up: one broker for all test files of a run. It is started when the first of them asks at the desk, so
 * a run without such tests does not wait for it.
 */
export default async function openDesk(project: TestProject): Promise<() => Promise<void>> {
  let kafka: Promise<RunningKafka> | undefined
  const server = createServer(async (_request, response) => {
    kafka ??= startKafka()
    response.end(JSON.stringify(await answerOf(kafka)))
  })
  project.provide('kafkaDesk', await listen(server))
  return async () => {
    server.close()
    const running = await kafka?.catch(() => undefined)
    await running?.[Symbol.asyncDispose]()
  }
}

function answerOf(kafka: Promise<RunningKafka>): Promise<DeskAnswer> {
  return kafka.then(
    ({ brokers }) => ({ type: 'running', brokers }),
    (error: Error) => ({ type: error instanceof NoKafkaError ? 'missing' : 'failed', reason: error.message }),
  )
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
