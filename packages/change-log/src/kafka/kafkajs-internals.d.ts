/**
 * What the adapter uses of kafkajs beneath its public API, whose types do not cover it: the connection to one broker and the
 * encoding of requests. kafkajs is pinned to the version that these were read from.
 */
declare module 'kafkajs/src/network/connection.js' {
  import type { ConnectionOptions } from 'node:tls'
  import type { KafkajsLogger } from 'kafkajs/src/loggers/index.js'
  import type RequestQueue from 'kafkajs/src/network/requestQueue/index.js'
  import type { ApiVersions, Protocol } from 'kafkajs/src/protocol/requests/index.js'

  export interface KafkajsConnectionOptions {
    host: string
    port: number
    clientId: string
    ssl: ConnectionOptions | null
    sasl: { mechanism: string; username: string; password: string } | null
    connectionTimeout: number
    requestTimeout: number
    socketFactory: (args: {
      host: string
      port: number
      ssl: ConnectionOptions | null
      onConnect: () => void
    }) => import('node:net').Socket
    logger: KafkajsLogger
  }

  export default class Connection {
    readonly requestQueue: RequestQueue
    constructor(options: KafkajsConnectionOptions)
    processData(data: Buffer): void
    isConnected(): boolean
    connect(): Promise<true>
    authenticate(): Promise<void>
    setVersions(versions: ApiVersions): void
    setSupportAuthenticationProtocol(isSupported: boolean): void
    send<T, Decoded extends object>(protocol: Protocol<T, Decoded>): Promise<T>
    rejectRequests(error: Error): void
    disconnect(): Promise<true>
  }
}

declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    pending: unknown[]
    scheduleCheckPendingRequests(): void
    fulfillRequest(answer: { size: number; correlationId: number; payload: Buffer }): void
  }
}

declare module 'kafkajs/src/loggers/index.js' {
  export interface KafkajsLogger {
    namespace(name: string): KafkajsLogger
  }
  const loggers: {
    LEVELS: { DEBUG: number; WARN: number }
    createLogger(options: {
      level: number
      logCreator: () => (entry: {
        namespace: string
        label: string
        log: { timestamp: string; message: string }
      }) => void
    }): KafkajsLogger
  }
  export default loggers
}

declare module 'kafkajs/src/protocol/requests/index.js' {
  import type Encoder from 'kafkajs/src/protocol/encoder.js'

  export type ApiVersions = Record<number, { minVersion: number; maxVersion: number }>

  export interface Protocol<T, Decoded> {
    request: { apiKey: number; apiVersion: number; apiName: string; encode(): Promise<Encoder> }
    response: { decode(payload: Buffer): Promise<Decoded>; parse(decoded: Decoded): Promise<T> }
    requestTimeout?: number
    logResponseError?: boolean
  }

  export interface RequestDefinition {
    versions: string[]
    protocol(options: { version: number }): (args: unknown) => Protocol<unknown, unknown>
  }

  const protocol: {
    requests: Record<string, RequestDefinition>
    lookup(
      versions: ApiVersions,
    ): (apiKey: number, definition: RequestDefinition) => (args: unknown) => Protocol<unknown, unknown>
  }
  export default protocol
}

declare module 'kafkajs/src/protocol/requests/apiKeys.js' {
  const apiKeys: Record<string, number>
  export default apiKeys
}

declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    readonly buffer: Buffer
    writeInt8(value: number): this
    writeInt16(value: number): this
    writeInt32(value: number): this
    writeInt64(value: bigint | string): this
    writeBoolean(value: boolean): this
    writeString(value: string | null): this
    writeArray(values: readonly (string | number | Encoder)[]): this
    writeUVarIntString(value: string | null): this
    writeUVarIntArray(values: readonly Encoder[]): this
    writeUVarIntBytes(value?: Buffer | null): this
  }
}

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    constructor(buffer: Buffer)
    readInt8(): number
    readInt16(): number
    readInt32(): number
    readInt64(): bigint
    readString(): string | null
    readBytes(): Buffer | null
    readArray<T>(read: (decoder: Decoder) => T): T[]
    readUVarIntString(): string | null
    readUVarIntArray<T>(read: (decoder: Decoder) => T): T[] | null
    readTaggedFields(): unknown
  }
}

declare module 'kafkajs/src/consumer/assignerProtocol.js' {
  const assigners: {
    MemberMetadata: { encode(metadata: { version: number; topics: string[] }): Buffer }
    MemberAssignment: {
      encode(assignment: { version: number; assignment: Record<string, number[]> }): Buffer
      decode(buffer: Buffer): null | { assignment: Record<string, number[]> }
    }
  }
  export default assigners
}
