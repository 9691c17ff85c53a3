/** The groups of three characters in a text, as numbers in ascending order; equal in any script. */
export type TextProfile = Int32Array

export function textProfile(text: string): TextProfile {
  const groups = new Int32Array(Math.max(text.length - 2, 0))
  for (let index = 0; index < groups.length; index++) {
    const [a, b, c] = [text.charCodeAt(index), text.charCodeAt(index + 1), text.charCodeAt(index + 2)]
    groups[index] = Math.imul(Math.imul(a, 0x2c1b3c6d) ^ b, 0x297a2d39) ^ c
  }
  return groups.sort()
}

/** From 0, nothing in common, to 1, the same groups: twice what both have by what each has (Dice). */
export function similarity(a: TextProfile, b: TextProfile): number {
  if (a.length === 0 || b.length === 0) return 0
  let common = 0
  let inB = 0
  for (const group of a) {
    while (inB < b.length && (b[inB] as number) < group) inB++
    if (b[inB] === group) {
      common++
      inB++
    }
  }
  return (2 * common) / (a.length + b.length)
}
