import type { StepBudget } from './diff-limits.ts'

/**
 * A run of changed lines can slide over equal lines without changing what the diff says: after `a b` was inserted before
 * `a`, it may as well have been `b a` after it. Slides every run of one side as far down as it goes, which joins runs that
 * meet, or to the last place where the other side has a change too, so that the two show as one replacement.
 */
export function shiftChanges(
  lines: readonly string[],
  changed: Uint8Array,
  otherChanged: Uint8Array,
  budget: StepBudget,
): void {
  const otherHasChange = changesByKeptLine(otherChanged)
  let keptBefore = 0
  for (let at = 0; at < lines.length; ) {
    if (changed[at] === 0) {
      keptBefore++
      at++
      continue
    }
    const run = new ChangedRun(lines, changed, at, keptBefore)
    if (!run.settle(otherHasChange, budget)) return
    at = run.end
    keptBefore = run.keptBefore
  }
}

class ChangedRun {
  readonly #lines: readonly string[]
  readonly #changed: Uint8Array
  #start: number
  end: number
  /** How many kept lines lie before the run: which of the other side's gaps it belongs to. */
  keptBefore: number

  constructor(lines: readonly string[], changed: Uint8Array, start: number, keptBefore: number) {
    this.#lines = lines
    this.#changed = changed
    this.#start = start
    this.end = start
    this.keptBefore = keptBefore
    this.#grow()
  }

  /** False when the budget did not allow it; the run is then somewhere on its way, which is right as well. */
  settle(otherHasChange: Uint8Array, budget: StepBudget): boolean {
    let length: number
    let opposite: number | undefined
    do {
      length = this.end - this.#start
      while (this.#canSlideUp()) {
        if (!budget.take(1)) return false
        this.#slideUp()
      }
      opposite = otherHasChange[this.keptBefore] === 1 ? this.keptBefore : undefined
      while (this.#canSlideDown()) {
        if (!budget.take(1)) return false
        this.#slideDown()
        if (otherHasChange[this.keptBefore] === 1) opposite = this.keptBefore
      }
    } while (this.end - this.#start > length)
    while (opposite !== undefined && this.keptBefore > opposite) this.#slideUp()
    return true
  }

  #canSlideUp(): boolean {
    return this.#start > 0 && this.#lines[this.#start - 1] === this.#lines[this.end - 1]
  }

  #slideUp(): void {
    this.#changed[--this.#start] = 1
    this.#changed[--this.end] = 0
    this.keptBefore--
    this.#grow()
  }

  #canSlideDown(): boolean {
    return this.end < this.#lines.length && this.#lines[this.#start] === this.#lines[this.end]
  }

  #slideDown(): void {
    this.#changed[this.#start++] = 0
    this.#changed[this.end++] = 1
    this.keptBefore++
    this.#grow()
  }

  /** Joins the runs that it has met. */
  #grow(): void {
    while (this.#changed[this.#start - 1] === 1) this.#start--
    while (this.#changed[this.end] === 1) this.end++
  }
}

/** For every number of kept lines, whether a change lies behind that many. */
function changesByKeptLine(changed: Uint8Array): Uint8Array {
  const hasChange = new Uint8Array(changed.length + 1)
  let kept = 0
  for (const isChanged of changed) {
    if (isChanged === 1) hasChange[kept] = 1
    else kept++
  }
  return hasChange
}
