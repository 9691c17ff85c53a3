/** There is no Kafka to be had on this machine; the message says what is missing. */
export class NoKafkaError extends Error {
  override readonly name = 'NoKafkaError'
}
