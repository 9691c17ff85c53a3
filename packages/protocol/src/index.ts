export * from './batch.ts'
export * from './canonical-filter.ts'
export * from './change-attributes.ts'
export * from './client-message.ts'
export * from './codes.ts'
export * from './comparable-title.ts'
export * from './compiled-filter.ts'
export * from './cursor.ts'
export { didYouMean } from './did-you-mean.ts'
export * from './errors.ts'
export {
  CONDITION_NAMES,
  FILTER_DEPTH_MAX,
  FILTER_NODES_MAX,
  FILTER_VALUES_MAX,
  type Filter,
  parseFilter,
  TEXT_LENGTH_MAX,
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
export * from './watch-list.ts'
export * from './watch-list-entries.ts'
export * from './watch-list-names.ts'
export * from './watch-list-request.ts'
