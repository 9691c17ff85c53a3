/** Whether one part can do its work now, and one sentence for the operator who asks. */
export interface Readiness {
  readonly isReady: boolean
  readonly detail: string
}
