/** Codes of Kafka's protocol that the adapter tells apart. https://kafka.apache.org/protocol#protocol_error_codes */
export const ErrorCode = {
  none: 0,
  offsetOutOfRange: 1,
  unknownTopicOrPartition: 3,
  messageTooLarge: 10,
  coordinatorLoading: 14,
  coordinatorNotAvailable: 15,
  notCoordinator: 16,
  recordListTooLarge: 18,
  illegalGeneration: 22,
  inconsistentGroupProtocol: 23,
  unknownMemberId: 25,
  rebalanceInProgress: 27,
  topicAlreadyExists: 36,
  outOfOrderSequence: 45,
  duplicateSequence: 46,
  invalidProducerEpoch: 47,
  invalidTxnState: 48,
  invalidProducerIdMapping: 49,
  concurrentTransactions: 51,
  unknownProducerId: 59,
  memberIdRequired: 79,
  producerFenced: 90,
  transactionAbortable: 120,
} as const

/** The cluster is on its way to another state: the same request may succeed soon, perhaps at another broker. */
const PASSING: ReadonlySet<number> = new Set([
  2, // CORRUPT_MESSAGE: broken on its way
  ErrorCode.unknownTopicOrPartition, // not heard of by this broker yet, where we know the topic
  5, // LEADER_NOT_AVAILABLE
  6, // NOT_LEADER_OR_FOLLOWER
  7, // REQUEST_TIMED_OUT
  8, // BROKER_NOT_AVAILABLE
  9, // REPLICA_NOT_AVAILABLE
  13, // NETWORK_EXCEPTION
  ErrorCode.coordinatorLoading,
  ErrorCode.coordinatorNotAvailable,
  ErrorCode.notCoordinator,
  19, // NOT_ENOUGH_REPLICAS
  20, // NOT_ENOUGH_REPLICAS_AFTER_APPEND
  41, // NOT_CONTROLLER
  ErrorCode.concurrentTransactions,
  56, // KAFKA_STORAGE_ERROR: the disk of one broker
  72, // LISTENER_NOT_FOUND
  74, // FENCED_LEADER_EPOCH
  75, // UNKNOWN_LEADER_EPOCH
  78, // OFFSET_NOT_AVAILABLE
  88, // UNSTABLE_OFFSET_COMMIT
  89, // THROTTLING_QUOTA_EXCEEDED
])

/** Somebody else has taken over what this producer or member did. */
const FENCED: ReadonlySet<number> = new Set([
  ErrorCode.illegalGeneration,
  ErrorCode.unknownMemberId,
  ErrorCode.rebalanceInProgress,
  ErrorCode.invalidProducerEpoch,
  ErrorCode.invalidTxnState,
  ErrorCode.invalidProducerIdMapping,
  ErrorCode.producerFenced,
  ErrorCode.transactionAbortable,
])

const DENIED: ReadonlySet<number> = new Set([
  29, // TOPIC_AUTHORIZATION_FAILED
  30, // GROUP_AUTHORIZATION_FAILED
  31, // CLUSTER_AUTHORIZATION_FAILED
  53, // TRANSACTIONAL_ID_AUTHORIZATION_FAILED
  58, // SASL_AUTHENTICATION_FAILED
  65, // DELEGATION_TOKEN_AUTHORIZATION_FAILED
])

/** A broker's answer that is not what was asked for. */
export class BrokerError extends Error {
  override readonly name = 'BrokerError'
  readonly code: number

  constructor(what: string, code: number, detail: string | null = null) {
    super(`${what}: the broker answers with error ${code}${detail === null ? '' : ` (${detail})`}`)
    this.code = code
  }

  get isPassing(): boolean {
    return PASSING.has(this.code)
  }

  get isFencing(): boolean {
    return FENCED.has(this.code)
  }

  get isDenial(): boolean {
    return DENIED.has(this.code)
  }

  get isTooLarge(): boolean {
    return this.code === ErrorCode.messageTooLarge || this.code === ErrorCode.recordListTooLarge
  }
}

export function checkCode(what: string, code: number, detail: string | null = null): void {
  if (code !== ErrorCode.none) throw new BrokerError(what, code, detail)
}
