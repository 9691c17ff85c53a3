import { ServiceProcess } from './service-process.ts'
import type { TestLog } from './test-log.ts'

export interface FreshetProcessOptions {
  readonly log: TestLog
  /** Options of the command line, without `--data-dir` and `--port`. */
  readonly options: readonly string[]
  /** Undefined: a folder of its own, removed at the end. */
  readonly dataDir: string | undefined
  /** 0: one that is free. */
  readonly port: number
}

/** The whole program as a process of its own, as `npm start` runs it. */
export type FreshetProcess = ServiceProcess

export const FreshetProcess = {
  start({ log, options, dataDir, port }: FreshetProcessOptions): Promise<FreshetProcess> {
    return ServiceProcess.start({
      service: 'standalone',
      options: (directory) => [...log.optionsFor(directory), ...options],
      dataDir,
      port,
    })
  },
}
