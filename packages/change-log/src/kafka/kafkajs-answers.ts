/** What brokers answer to the requests that kafkajs encodes and decodes, by its names for them. Offsets are decimal text. */
export interface KafkajsAnswers {
  readonly ApiVersions: {
    readonly apiVersions: readonly {
      readonly apiKey: number
      readonly minVersion: number
      readonly maxVersion: number
    }[]
  }
  readonly GroupCoordinator: { readonly errorCode: number; readonly coordinator: { readonly nodeId: number } }
  readonly ListOffsets: {
    readonly responses: readonly {
      readonly partitions: readonly {
        readonly partition: number
        readonly errorCode: number
        readonly offset: string
      }[]
    }[]
  }
  readonly Produce: {
    readonly topics: readonly {
      readonly topicName: string
      readonly partitions: readonly ProducedPartition[]
    }[]
  }
  readonly InitProducerId: {
    readonly errorCode: number
    readonly producerId: string
    readonly producerEpoch: number
  }
  readonly AddPartitionsToTxn: {
    readonly errors: readonly { readonly partitionErrors: readonly { readonly errorCode: number }[] }[]
  }
  readonly AddOffsetsToTxn: { readonly errorCode: number }
  readonly EndTxn: { readonly errorCode: number }
  readonly CreateTopics: {
    readonly topicErrors: readonly {
      readonly topic: string
      readonly errorCode: number
      readonly errorMessage: string | null
    }[]
  }
  readonly DescribeConfigs: {
    readonly resources: readonly {
      readonly errorCode: number
      readonly errorMessage: string | null
      readonly configEntries: readonly { readonly configName: string; readonly configValue: string | null }[]
    }[]
  }
  readonly JoinGroup: {
    readonly errorCode: number
    readonly generationId: number
    readonly leaderId: string
    readonly memberId: string
    readonly members: readonly { readonly memberId: string }[]
  }
  readonly SyncGroup: { readonly errorCode: number; readonly memberAssignment: Buffer }
  readonly Heartbeat: { readonly errorCode: number }
  readonly LeaveGroup: { readonly errorCode: number }
  readonly OffsetCommit: {
    readonly responses: readonly { readonly partitions: readonly { readonly errorCode: number }[] }[]
  }
  readonly OffsetFetch: {
    readonly errorCode: number
    readonly responses: readonly {
      readonly partitions: readonly {
        readonly partition: number
        readonly errorCode: number
        readonly offset: string
      }[]
    }[]
  }
}

export interface ProducedPartition {
  readonly partition: number
  readonly errorCode: number
  readonly baseOffset: string
}
