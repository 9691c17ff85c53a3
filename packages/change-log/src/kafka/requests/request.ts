import type Encoder from 'kafkajs/src/protocol/encoder.js'

/** A request that kafkajs does not know, or whose answer it does not tell in full. */
export interface Request<T> {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  readonly encode: () => Encoder
  readonly decode: (payload: Buffer) => T
}
