export * from './operations-routes.ts'
export * from './readiness.ts'
export * from './settings.ts'
export * from './shutdown.ts'
