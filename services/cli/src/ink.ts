import { styleText } from 'node:util'

/** How a view is told apart from its text: in colours, or with marks where there are none. */
export interface Ink {
  readonly heading: Paint
  readonly gone: Paint
  readonly added: Paint
  readonly moved: Paint
  readonly faint: Paint
  /** Within a line that is gone. */
  readonly goneWords: Paint
  /** Within a line that is added. */
  readonly addedWords: Paint
}

type Paint = (text: string) => string

export const COLOURED_INK: Ink = {
  heading: painter('cyan'),
  gone: painter('red'),
  added: painter('green'),
  moved: painter('magenta'),
  faint: painter('dim'),
  goneWords: painter(['inverse', 'red']),
  addedWords: painter(['inverse', 'green']),
}

export const PLAIN_INK: Ink = {
  heading: same,
  gone: same,
  added: same,
  moved: same,
  faint: same,
  goneWords: (text) => `[-${text}-]`,
  addedWords: (text) => `{+${text}+}`,
}

/** Whether there are colours is decided by whoever chooses the ink. */
function painter(format: Parameters<typeof styleText>[0]): Paint {
  return (text) => styleText(format, text, { validateStream: false })
}

function same(text: string): string {
  return text
}
