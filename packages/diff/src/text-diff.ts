/**
 * What turns one text into another, exactly. Plain JSON; without loss through `JSON.stringify` and `JSON.parse`.
 *
 *     {
 *       "unit": "line", "coarse": false,
 *       "from": {"sha256": "…"}, "to": {"sha256": "…"},
 *       "ops": [{"keep": 120}, {"change": [17, -3, "the"]}, {"delete": 2}, {"insert": ["new line"]}]
 *     }
 *
 * A line is what lies between line feeds (U+000A, nothing else ends a line): the text is its lines joined by line
 * feeds. So a text that ends in a line feed has an empty last line, and the empty text is one empty line.
 */
export type TextDiff = OpsDiff | ReplaceDiff

export interface OpsDiff extends DiffHead {
  /** In the order of the new text. Each consumes lines of the base from where the one before stopped; base lines after the last op are kept. */
  readonly ops: readonly LineOp[]
}

/** Stands in for ops that would be longer than the new text itself. */
export interface ReplaceDiff extends DiffHead {
  /** The whole new text. */
  readonly replace: string
}

export interface DiffHead {
  /** What the counts of the ops count. */
  readonly unit: 'line'
  /** The work limit was reached: the diff is as exact as ever, but may be larger than it had to be. */
  readonly coarse: boolean
  readonly from: TextDigest
  readonly to: TextDigest
}

export interface TextDigest {
  /** Of the text in UTF-8, in hexadecimal. A lone surrogate, which UTF-8 does not have, counts as U+FFFD. */
  readonly sha256: string
}

export type LineOp =
  /** So many lines stay. */
  | { readonly keep: number }
  /** So many lines go. */
  | { readonly delete: number }
  /** New lines come. */
  | { readonly insert: readonly string[] }
  /** One line is edited. */
  | { readonly change: readonly WordOp[] }
  /** So many lines go, and come back elsewhere by the `paste` whose `from` is the first of them. */
  | { readonly cut: number }
  /** Lines of the base come that a `cut` took, here or further on. Consumes nothing. */
  | { readonly paste: PastedLines }

export interface PastedLines {
  /** The first of them, counted from 0 in the base. */
  readonly from: number
  readonly lines: number
  /** Those that were edited on the way, in order. Absent: none. */
  readonly changes?: readonly PastedChange[]
}

export interface PastedChange {
  /** Counted from 0 within the pasted lines. */
  readonly line: number
  readonly change: readonly WordOp[]
}

/**
 * A step through one line: a positive number keeps so many code points, a negative one drops them, a string comes in
 * between. What follows the last step is kept. No step starts inside a surrogate pair or before a combining mark.
 */
export type WordOp = number | string
