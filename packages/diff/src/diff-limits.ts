/** How much work a diff may cost before it gets coarser. The same limits give the same diff on every machine. */
export interface DiffLimits {
  /** Elementary steps: comparisons of two lines or words, and characters split into words. About 5 to 10 ns each. */
  readonly stepsMax: number
}

export const DEFAULT_DIFF_LIMITS: DiffLimits = { stepsMax: 10_000_000 }

/** The steps that are left for one diff, shared by all of its stages. */
export class StepBudget {
  left: number
  /** Some stage wanted more steps than there were. */
  isExceeded = false

  constructor(limits: DiffLimits) {
    this.left = limits.stepsMax
  }

  /** Takes the steps if they are there. */
  take(steps: number): boolean {
    const allows = this.allows(steps)
    if (allows) this.left -= steps
    return allows
  }

  /** Whether so many steps are there; to be asked before work that is worth nothing unless it is finished. */
  allows(steps: number): boolean {
    if (steps > this.left) this.isExceeded = true
    return steps <= this.left
  }

  /** Books steps that were spent in vain. */
  giveUp(steps: number): void {
    this.isExceeded = true
    this.left = Math.max(0, this.left - steps)
  }
}
