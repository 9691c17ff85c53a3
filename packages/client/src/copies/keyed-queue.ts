/** Runs the tasks of one key one after the other, in the order of the calls; those of different keys at the same time. */
export class KeyedQueue {
  /** Per key, the end of the last task. As many as there are keys with tasks under way. */
  readonly #last = new Map<string, Promise<unknown>>()

  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const running = before.then(task)
    // The next task runs whatever became of this one.
    const settled = running.catch(() => undefined)
    this.#last.set(key, settled)
    try {
      return await running
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    }
  }
}
