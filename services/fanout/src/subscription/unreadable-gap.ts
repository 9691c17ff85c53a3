import type { Cursor, GapFrame } from '@freshet/protocol'

/** What stands in the place of a stored change that cannot be read. */
export function unreadableGap(from: Cursor, to: Cursor): GapFrame {
  const remedy =
    'This change is damaged. Fetch the page that it belongs to from the wiki, and tell the operator.'
  return { type: 'gap', from, to, reason: 'unreadable', remedy }
}
