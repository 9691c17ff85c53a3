export { FANOUT_SETTINGS, type FanoutSettings } from './config.ts'
export { type SampleOptions, sampleChanges } from './dictionaries/sample-changes.ts'
export { Fanout, type FanoutOptions } from './fanout.ts'
export { logger } from './logger.ts'
