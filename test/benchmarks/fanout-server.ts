/**
 * One server under test as a process of its own. Its parent says over IPC what to publish, and passes on how many
 * deliveries have arrived.
 */
import type { AddressInfo } from 'node:net'
import { SUBJECTS, type SubjectName } from './fanout-subjects.ts'

export type ServerOrder =
  /** So many events a second, whatever becomes of them. */
  | { readonly type: 'rate'; readonly perSecond: number }
  /** Always so many events that have not arrived everywhere yet. */
  | { readonly type: 'saturate'; readonly inFlight: number; readonly deliveriesPerEvent: number }
  | { readonly type: 'delivered'; readonly count: number }
  | { readonly type: 'stop' }
  | { readonly type: 'memory' }

const PACE_MS = 2

const name = process.argv[2] as SubjectName
const subject = await SUBJECTS[name]()
let published = 0
let publishedAtStart = 0
let delivered = 0
let saturation: Extract<ServerOrder, { type: 'saturate' }> | undefined
let pacing: NodeJS.Timeout | undefined

process.on('message', (order: ServerOrder) => carryOut(order))
process.on('disconnect', () => process.exit())
subject.server.listen(0, '127.0.0.1', () => {
  process.send?.({ type: 'listening', port: (subject.server.address() as AddressInfo).port })
})

function carryOut(order: ServerOrder): void {
  switch (order.type) {
    case 'rate':
      startPacing(order.perSecond)
      return
    case 'saturate':
      saturation = order
      delivered = 0
      publishedAtStart = published
      fill()
      return
    case 'delivered':
      delivered = order.count
      fill()
      return
    case 'stop':
      clearInterval(pacing)
      saturation = undefined
      process.send?.({ type: 'stopped', published })
      return
    case 'memory':
      globalThis.gc?.()
      process.send?.({ type: 'memory', rss: process.memoryUsage.rss() })
  }
}

function startPacing(perSecond: number): void {
  const startMs = performance.now()
  const first = published
  pacing = setInterval(() => {
    const due = first + Math.floor(((performance.now() - startMs) * perSecond) / 1_000) - published
    // One by one, as they would come in.
    for (let index = 0; index < due; index++) publish(1)
  }, PACE_MS)
}

function fill(): void {
  if (saturation === undefined) return
  const arrived = Math.floor(delivered / saturation.deliveriesPerEvent)
  const room = saturation.inFlight - (published - publishedAtStart - arrived)
  if (room > 0) publish(room)
}

function publish(count: number): void {
  subject.publish(Array.from({ length: count }, () => published++))
}
