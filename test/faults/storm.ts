import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSecondsOf } from '../harness/cpu-seconds.ts'
import { type ChangeWriter, WRITTEN_PAGES } from './change-writer.ts'
import type { FanoutNode } from './fanout-node.ts'
import { StormClient } from './storm-client.ts'

export interface StormOptions {
  readonly node: FanoutNode
  readonly writer: ChangeWriter
  readonly clients: number
  readonly storms: number
  /** Appended while everybody is away. */
  readonly missed: number
  /** Over which all come back. */
  readonly windowMs: number
  readonly onStorm: (result: StormResult) => void
}

export interface StormResult {
  /** From the first one that came back until the last one had everything. */
  readonly seconds: number
  readonly cpuMsPerReconnect: number
}

/**
 * Cuts all clients and lets them come back within a moment, again and again. Rejects when one of them misses a change, gets
 * one twice, or out of order.
 */
export async function storm(options: StormOptions): Promise<void> {
  const { node, writer, missed, windowMs } = options
  const clients = Array.from({ length: options.clients }, () => new StormClient(node.url, WRITTEN_PAGES))
  await connectAll(clients, windowMs)
  while (!clients.every(({ isPositioned }) => isPositioned)) await sleep(10)
  const before = writer.appended
  await writer.append(1)
  await Promise.all(clients.map((client) => client.has(1)))
  for (let round = 0; round < options.storms; round++) {
    for (const client of clients) client.cut()
    await writer.append(missed)
    const cpuBefore = cpuSecondsOf(node.pid)
    const startMs = performance.now()
    await connectAll(clients, windowMs)
    await Promise.all(clients.map((client) => client.has(writer.appended - before)))
    const seconds = (performance.now() - startMs) / 1_000
    const cpuMs = (cpuSecondsOf(node.pid) - cpuBefore) * 1_000
    options.onStorm({ seconds, cpuMsPerReconnect: cpuMs / clients.length })
    await writer.append(1)
    await Promise.all(clients.map((client) => client.has(writer.appended - before)))
  }
  for (const client of clients) client.cut()
}

async function connectAll(clients: readonly StormClient[], windowMs: number): Promise<void> {
  const startMs = performance.now()
  for (const [index, client] of clients.entries()) {
    client.connect()
    const dueMs = startMs + (windowMs * (index + 1)) / clients.length
    if (dueMs - performance.now() > 1) await sleep(dueMs - performance.now())
  }
}
