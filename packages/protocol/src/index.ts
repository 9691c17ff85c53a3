export * from './batch.ts'
export * from './canonical-filter.ts'
export * from './change-attributes.ts'
export * from './client-message.ts'
export * from './codes.ts'
export * from './compiled-filter.ts'
export * from './cursor.ts'
export * from './errors.ts'
export {
  CONDITION_NAMES,
  comparableTitle,
  FILTER_DEPTH_MAX,
  FILTER_NODES_MAX,
  FILTER_VALUES_MAX,
  type Filter,
  parseFilter,
} from './filter.ts'
export { filterFromQuery } from './filter-query.ts'
export * from './frames.ts'
export * from './framing.ts'
export { parseJson } from './json.ts'
export * from './parts.ts'
export * from './stream-point.ts'
export {
  requestFromBody,
  requestFromQuery,
  requestFromUpgrade,
  type SubscriptionRequest,
} from './subscription-request.ts'
