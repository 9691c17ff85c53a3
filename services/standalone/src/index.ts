export { STANDALONE_SETTINGS } from './config.ts'
