/** Titles are compared with underscores and spaces alike; otherwise as they are, the first letter included. */
export function comparableTitle(value: string): string {
  return value.includes('_') ? value.replaceAll('_', ' ') : value
}
