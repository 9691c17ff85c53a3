import Decoder from 'kafkajs/src/protocol/decoder.js'
import Encoder from 'kafkajs/src/protocol/encoder.js'
import { checkCode } from '../broker-error.ts'
import type { Request } from './request.ts'

const TOPIC = 2
const SET = 0

/** IncrementalAlterConfigs v0: sets some settings and leaves the others as the operator made them. */
export function alterTopicConfig(topic: string, settings: ReadonlyMap<string, string>): Request<void> {
  return {
    apiKey: 44,
    apiVersion: 0,
    apiName: 'IncrementalAlterConfigs',
    encode: () => {
      const entries = [...settings].map(([name, value]) =>
        new Encoder().writeString(name).writeInt8(SET).writeString(value),
      )
      const resource = new Encoder().writeInt8(TOPIC).writeString(topic).writeArray(entries)
      return new Encoder().writeArray([resource]).writeBoolean(false)
    },
    decode: (payload) => {
      const decoder = new Decoder(payload)
      decoder.readInt32() // throttle time
      decoder.readArray((answer) => {
        checkCode(`alter ${topic}`, answer.readInt16(), answer.readString())
        answer.readInt8() // type of resource
        answer.readString() // its name
      })
    },
  }
}
