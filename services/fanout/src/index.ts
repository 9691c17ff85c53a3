export { FANOUT_SETTINGS, type FanoutSettings } from './config.ts'
export { Fanout, type FanoutOptions } from './fanout.ts'
export { logger } from './logger.ts'
