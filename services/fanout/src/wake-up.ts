/**
 * What one loop sleeps on, whoever has news for it. Ringing while nobody sleeps is remembered, so that news between a
 * look and a sleep is not lost.
 */
export class WakeUp {
  #wake: (() => void) | undefined
  #hasRung = false

  ring(): void {
    this.#hasRung = true
    this.#wake?.()
  }

  /** As `sleep`, for one who may sleep for days, and keeps nothing but what is to be called. */
  onceRung(goOn: () => void): void {
    this.#wake = () => {
      this.#wake = undefined
      queueMicrotask(() => {
        this.#hasRung = false
        goOn()
      })
    }
    if (this.#hasRung) this.#wake()
  }

  /** Resolves when rung, or after `timeoutMs`. One sleeper at a time. */
  async sleep(timeoutMs: number | undefined = undefined): Promise<void> {
    if (!this.#hasRung) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#wake = resolve
      const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs)
      await promise
      clearTimeout(timer)
      this.#wake = undefined
    }
    this.#hasRung = false
  }
}
