import type { Readiness } from '@freshet/service'
import type { MetricObjectWithValues, MetricValue } from 'prom-client'

/** What one worker knows of itself. */
export interface WorkerState {
  readonly worker: number
  readonly readiness: Readiness
  readonly metrics: readonly MetricObjectWithValues<MetricValue<string>>[]
}

/** What the parent says to its workers. */
export type ParentMessage =
  /** End: close what is open over the drain window. */
  | { readonly type: 'drain' }
  /** Say how you are. */
  | { readonly type: 'tell'; readonly number: number }
  /** How all are, as far as they have answered; `workers` is how many there should be. */
  | {
      readonly type: 'answer'
      readonly number: number
      readonly workers: number
      readonly states: readonly WorkerState[]
    }

/** What a worker says to its parent. */
export type WorkerMessage =
  /** How are all? Whoever is asked for metrics or readiness answers for the whole. */
  | { readonly type: 'ask'; readonly number: number }
  | { readonly type: 'told'; readonly number: number; readonly state: WorkerState }
  /** It answers requests. */
  | { readonly type: 'started'; readonly url: string }

/** The variable that tells a worker which of them it is, from 0; one that is replaced has the same number. */
export const WORKER_NUMBER_VARIABLE = 'FRESHET_WORKER_NUMBER'
