import { type Logger, pino } from 'pino'
import pretty from 'pino-pretty'

/**
 * A logger to standard error: lines of JSON, or for a person at a terminal readable ones. It says nothing until the
 * program that runs the service sets its level.
 */
export function createLogger(name: string): Logger {
  const isTerminal = process.stderr.isTTY === true
  const destination = isTerminal
    ? pretty({ destination: STDERR, ignore: 'pid,hostname', translateTime: 'HH:MM:ss' })
    : pino.destination(STDERR)
  return pino({ name, level: 'silent' }, destination)
}

const STDERR = 2
