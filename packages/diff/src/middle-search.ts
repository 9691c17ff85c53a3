import type { StepBudget } from './diff-limits.ts'

/** A search may use up to one part in so many of the steps left, so that what comes after has its chance too. */
const BUDGET_SHARES = 4

const NOT_REACHED_FROM_FRONT = -2
const NOT_REACHED_FROM_BACK = 0x3fffffff

/**
 * Finds the middle of a shortest edit path between two sequences: the heart of Myers' algorithm in linear space
 * ("An O(ND) Difference Algorithm and Its Variations", 1986, section 4b).
 *
 * A path leads from (0, 0) to (width, height) on a grid with `a` across and `b` down; diagonal `k` holds the points with
 * x - y = k. `#front` has, per diagonal, the furthest x that paths from the start have reached with `distance` edits,
 * `#back` the lowest x of the paths from the end.
 */
export class MiddleSearch {
  readonly #a: Int32Array
  readonly #b: Int32Array
  readonly #budget: StepBudget
  readonly #front: Int32Array
  readonly #back: Int32Array
  /** Where diagonal 0 lies in `#front` and `#back`. */
  readonly #zero: number
  #aStart = 0
  #bStart = 0
  #width = 0
  #height = 0
  #steps = 0

  constructor(a: Int32Array, b: Int32Array, budget: StepBudget) {
    this.#a = a
    this.#b = b
    this.#budget = budget
    this.#front = new Int32Array(a.length + b.length + 3)
    this.#back = new Int32Array(a.length + b.length + 3)
    this.#zero = b.length + 1
  }

  /** The point that cuts the ranges in two; undefined when that costs too many steps. Neither range may be empty. */
  find(aStart: number, aEnd: number, bStart: number, bEnd: number): { a: number; b: number } | undefined {
    this.#aStart = aStart
    this.#bStart = bStart
    this.#width = aEnd - aStart
    this.#height = bEnd - bStart
    this.#steps = 0
    this.#reset()
    const stepsMax = Math.floor(this.#budget.left / BUDGET_SHARES)
    for (let distance = 0; this.#steps <= stepsMax; distance++) {
      const met = this.#advanceFront(distance) ?? this.#advanceBack(distance)
      if (met === undefined) continue
      this.#budget.take(this.#steps)
      return { a: aStart + met.x, b: bStart + met.x - met.diagonal }
    }
    this.#budget.giveUp(this.#steps)
    return undefined
  }

  #reset(): void {
    const start = this.#zero - this.#height - 1
    const end = this.#zero + this.#width + 2
    this.#front.fill(NOT_REACHED_FROM_FRONT, start, end)
    this.#back.fill(NOT_REACHED_FROM_BACK, start, end)
    // One diagonal beside the corners, so that distance 0 is no special case.
    this.#front[this.#zero + 1] = 0
    this.#back[this.#zero + this.#width - this.#height - 1] = this.#width
  }

  #advanceFront(distance: number): Meeting | undefined {
    const width = this.#width
    const height = this.#height
    const zero = this.#zero
    const last = width - height
    const isOdd = (last & 1) !== 0
    const low = distance <= height ? -distance : ((distance - height) & 1) - height
    const high = distance <= width ? distance : width - ((distance - width) & 1)
    for (let k = low; k <= high; k += 2) {
      const xMax = Math.min(width, height + k)
      const across = (this.#front[zero + k - 1] as number) + 1
      const down = this.#front[zero + k + 1] as number
      let x = across <= xMax ? across : NOT_REACHED_FROM_FRONT
      if (down > x && down <= xMax) x = down
      if (x >= 0) x = this.#slideForward(x, k, xMax)
      this.#front[zero + k] = x < 0 ? NOT_REACHED_FROM_FRONT : x
      const isBackThere = isOdd && Math.abs(k - last) < distance
      if (isBackThere && x >= (this.#back[zero + k] as number)) return { x, diagonal: k }
    }
    this.#steps += distance + 1
    return undefined
  }

  #advanceBack(distance: number): Meeting | undefined {
    const width = this.#width
    const height = this.#height
    const zero = this.#zero
    const last = width - height
    const isEven = (last & 1) === 0
    const low = distance <= width ? last - distance : ((distance - width) & 1) - height
    const high = distance <= height ? last + distance : width - ((distance - height) & 1)
    for (let k = low; k <= high; k += 2) {
      const xMin = Math.max(0, k)
      const across = (this.#back[zero + k + 1] as number) - 1
      const up = this.#back[zero + k - 1] as number
      let x = across >= xMin ? across : NOT_REACHED_FROM_BACK
      if (up < x && up >= xMin) x = up
      if (x <= width) x = this.#slideBack(x, k, xMin)
      this.#back[zero + k] = x > width ? NOT_REACHED_FROM_BACK : x
      const isFrontThere = isEven && Math.abs(k) <= distance
      if (isFrontThere && x <= (this.#front[zero + k] as number)) return { x, diagonal: k }
    }
    this.#steps += distance + 1
    return undefined
  }

  #slideForward(start: number, diagonal: number, xMax: number): number {
    const a = this.#a
    const b = this.#b
    const aStart = this.#aStart
    const bStart = this.#bStart - diagonal
    let x = start
    while (x < xMax && a[aStart + x] === b[bStart + x]) x++
    this.#steps += x - start
    return x
  }

  #slideBack(start: number, diagonal: number, xMin: number): number {
    const a = this.#a
    const b = this.#b
    const aBefore = this.#aStart - 1
    const bBefore = this.#bStart - 1 - diagonal
    let x = start
    while (x > xMin && a[aBefore + x] === b[bBefore + x]) x--
    this.#steps += start - x
    return x
  }
}

interface Meeting {
  readonly x: number
  readonly diagonal: number
}
