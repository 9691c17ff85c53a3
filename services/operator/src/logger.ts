import { createLogger } from '@freshet/service'

export const logger = createLogger('operator')
