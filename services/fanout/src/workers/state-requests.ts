import type { WorkerState } from './worker-messages.ts'

/** A worker that has not answered by then is left out. */
const TIMEOUT_MS = 2_000

export interface StateRequest {
  /** To be answered by `told` with the same number. */
  readonly ask: (number: number) => void
  readonly answer: (states: readonly WorkerState[]) => void
}

interface Open {
  readonly waitingFor: Set<number>
  readonly states: WorkerState[]
  readonly answer: () => void
}

/** Questions to all workers that wait for their answers. */
export class StateRequests {
  readonly #open = new Map<number, Open>()
  #nextNumber = 0

  open(workers: readonly number[], { ask, answer }: StateRequest): void {
    const number = this.#nextNumber++
    const states: WorkerState[] = []
    const finish = () => {
      clearTimeout(timer)
      if (this.#open.delete(number)) answer(states)
    }
    const timer = setTimeout(finish, TIMEOUT_MS)
    this.#open.set(number, { waitingFor: new Set(workers), states, answer: finish })
    ask(number)
  }

  told(number: number, state: WorkerState): void {
    const request = this.#open.get(number)
    if (request === undefined || !request.waitingFor.delete(state.worker)) return
    request.states.push(state)
    if (request.waitingFor.size === 0) request.answer()
  }

  /** The worker is gone and will not answer. */
  left(worker: number): void {
    for (const request of [...this.#open.values()]) {
      if (request.waitingFor.delete(worker) && request.waitingFor.size === 0) request.answer()
    }
  }
}
