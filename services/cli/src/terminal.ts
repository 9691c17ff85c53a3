import { COLOURED_INK, type Ink, PLAIN_INK } from './ink.ts'

/** Where commands write to. */
export interface Terminal {
  readonly ink: Ink
  write(text: string): void
  writeError(text: string): void
}

/** What is asked of an output before it gets colours; `process.stdout` is one. */
export interface Output {
  readonly isTTY: boolean
  hasColors(environment: NodeJS.ProcessEnv): boolean
}

/** In colours on a terminal that has them, unless `NO_COLOR` is set (https://no-color.org). */
export function inkFor(output: Output, environment: NodeJS.ProcessEnv): Ink {
  return output.isTTY && output.hasColors(environment) ? COLOURED_INK : PLAIN_INK
}
