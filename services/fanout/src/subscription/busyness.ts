import { type EventLoopUtilization, performance } from 'node:perf_hooks'

const SAMPLE_MS = 50
/** The share of its time that a process is at work from which on work is better done in larger portions. */
const BUSY_SHARE = 0.5

/** Whether this process has had much to do of late. */
export class Busyness {
  #since: EventLoopUtilization = performance.eventLoopUtilization()
  #sampledMs = performance.now()
  #isBusy = false

  get isBusy(): boolean {
    const nowMs = performance.now()
    if (nowMs - this.#sampledMs >= SAMPLE_MS) {
      this.#isBusy = performance.eventLoopUtilization(this.#since).utilization >= BUSY_SHARE
      this.#since = performance.eventLoopUtilization()
      this.#sampledMs = nowMs
    }
    return this.#isBusy
  }
}
