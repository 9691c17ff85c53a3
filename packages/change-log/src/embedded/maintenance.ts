/** Work that goes on behind the appends: each step is one short transaction, and appends go between any two of them. */
export interface MaintenanceJob {
  readonly steps: Generator<void>
  readonly onDone: () => void
  /** What failed is left as it was; later jobs go on. */
  readonly onFailed: (error: unknown) => void
}

/** Runs jobs one after the other, a step per turn of the event loop. */
export class Maintenance {
  readonly #jobs: MaintenanceJob[] = []
  #isRunning = false

  add(job: MaintenanceJob): void {
    this.#jobs.push(job)
    if (!this.#isRunning) this.#scheduleStep()
  }

  stop(): void {
    this.#jobs.length = 0
  }

  #scheduleStep(): void {
    const job = this.#jobs[0]
    this.#isRunning = job !== undefined
    if (job !== undefined) setImmediate(() => this.#step(job))
  }

  #step(job: MaintenanceJob): void {
    if (this.#jobs[0] !== job) return
    try {
      if (job.steps.next().done === true) {
        this.#jobs.shift()
        job.onDone()
      }
    } catch (error) {
      this.#jobs.shift()
      job.onFailed(error)
    }
    this.#scheduleStep()
  }
}
