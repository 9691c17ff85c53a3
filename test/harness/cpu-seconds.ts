import { readFileSync } from 'node:fs'

/** Linux counts processor time in these (USER_HZ). */
const TICKS_PER_SECOND = 100

/** User and system time that a process, with all of its threads, has used so far, from the operating system (Linux). */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name, in brackets, may hold spaces; user and system time are the 14th and 15th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}
