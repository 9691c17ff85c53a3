const MISTAKES_MAX = 20
const MESSAGE_LENGTH_MAX = 300

/** What is wrong with an input, field by field; a thousand mistakes are told as the first few. */
export function mistakesOf(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  return issues
    .slice(0, MISTAKES_MAX)
    .map(({ path, message }) => `${path.join('.')}: ${message.slice(0, MESSAGE_LENGTH_MAX)}`)
    .join('; ')
}
