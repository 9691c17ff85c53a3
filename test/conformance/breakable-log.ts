import { type ChangeLog, LogUnavailableError, type ReadOptions, type RecordBatch } from '@freshet/change-log'

/** Wraps a log so that a test can make reading fail for a while, also for those who wait at its end. */
export function breakable(log: ChangeLog): { readonly log: ChangeLog; readonly breakLog: () => Disposable } {
  let broken = new AbortController()
  async function* read(options: ReadOptions): AsyncGenerator<RecordBatch> {
    const signal = AbortSignal.any([options.signal, broken.signal])
    yield* log.read({ ...options, signal })
    if (!options.signal.aborted) throw new LogUnavailableError('broken by a test')
  }
  const wrapped = new Proxy(log, {
    get(target, name) {
      if (name === 'read') return read
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const breakLog = () => {
    broken.abort()
    return {
      [Symbol.dispose]: () => {
        broken = new AbortController()
      },
    }
  }
  return { log: wrapped, breakLog }
}
