import { pino } from 'pino'

/** Says nothing until the program that runs the service sets the level. */
export const logger = pino({ name: 'fanout', level: 'silent' })
