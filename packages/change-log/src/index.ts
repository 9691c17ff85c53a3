export * from './change-log.ts'
export * from './errors.ts'
