/**
 * Where readers wait for the log to grow. A reader takes the version, looks, and waits for a later version: what is
 * appended between looking and waiting wakes it at once.
 */
export class Tip {
  #version = 0
  readonly #waiting = new Set<() => void>()
  readonly #onAwaited: () => void

  /** `onAwaited` is called whenever a reader begins to wait: where nobody tells of new records, it starts looking for them. */
  constructor(onAwaited: () => void = () => {}) {
    this.#onAwaited = onAwaited
  }

  get version(): number {
    return this.#version
  }

  get isAwaited(): boolean {
    return this.#waiting.size > 0
  }

  advance(): void {
    this.#version++
    if (this.#waiting.size === 0) return
    const woken = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of woken) wake()
  }

  /** Resolves once the version differs from `version`, or the signal aborts. */
  changedSince(version: number, signal: AbortSignal): Promise<void> {
    if (this.#version !== version || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake)
        this.#waiting.delete(wake)
        resolve()
      }
      signal.addEventListener('abort', wake)
      this.#waiting.add(wake)
      this.#onAwaited()
    })
  }
}
