import { setTimeout as sleep } from 'node:timers/promises'
import assigners from 'kafkajs/src/consumer/assignerProtocol.js'
import { TopicMismatchError } from '../errors.ts'
import type { BrokerConnection } from './broker-connection.ts'
import type { BrokerConnections } from './broker-connections.ts'
import { BrokerError, checkCode, ErrorCode } from './broker-error.ts'
import type { Cluster } from './cluster.ts'

export interface GroupMembershipOptions {
  readonly cluster: Cluster
  /** Joining waits until the other members have let go, so it must not hold up anything else. */
  readonly connections: BrokerConnections
  readonly groupId: string
  readonly topic: string
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
}

/** What this member has to do until the group divides the partitions anew. */
export interface Assignment {
  readonly generationId: number
  readonly memberId: string
  readonly partitions: readonly number[]
  /** Aborts when the group divides the partitions anew, or has gone on without this member. */
  readonly over: AbortSignal
}

/** Members of a group agree on how partitions are divided; those of another version of this rule would not fit. */
const PROTOCOL = 'freshet-modulo-1'
const HEARTBEATS_PER_SESSION = 6

const { MemberAssignment, MemberMetadata } = assigners

interface Joined {
  readonly generationId: number
  readonly memberId: string
  readonly leaderId: string
  readonly members: readonly { readonly memberId: string }[]
}

/** This process as a member of a Kafka consumer group that shares one topic. */
export class GroupMembership {
  readonly #options: GroupMembershipOptions
  #memberId = ''
  #over = new AbortController()
  #beating: Promise<void> | undefined

  constructor(options: GroupMembershipOptions) {
    this.#options = options
  }

  /** Resolves when the group has given this member its partitions, which may be none; undefined once the signal aborts. */
  async join(signal: AbortSignal): Promise<Assignment | undefined> {
    await this.#stopBeating()
    while (!signal.aborted) {
      const assignment = await untilAborted(this.#joinAndSync(), signal)
      if (assignment === undefined) continue
      this.#beating = this.#beat(assignment, this.#over)
      return assignment
    }
    return undefined
  }

  /** So that the others need not wait until this member's session has run out. */
  async leave(): Promise<void> {
    await this.#stopBeating()
    if (this.#memberId === '') return
    const { cluster, groupId } = this.#options
    const memberId = this.#memberId
    const coordinator = await cluster.coordinator('group', groupId)
    // Over a connection on which no joining waits.
    await cluster.requests.to(coordinator).call('LeaveGroup', { groupId, memberId })
  }

  /** undefined: the group is on its way to another generation, so join again. */
  async #joinAndSync(): Promise<Assignment | undefined> {
    const { cluster, groupId, topic } = this.#options
    try {
      const joined = await this.#persist((connection) => this.#join(connection))
      this.#memberId = joined.memberId
      const partitions = await this.#persist((connection) => this.#sync(connection, joined))
      const { generationId, memberId } = joined
      this.#over = new AbortController()
      return { generationId, memberId, partitions, over: this.#over.signal }
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error
      if (error.code === ErrorCode.inconsistentGroupProtocol) {
        throw new TopicMismatchError(`the consumer group ${groupId} of ${topic} is used by another program`)
      }
      if (!error.isFencing) throw error
      if (error.code === ErrorCode.unknownMemberId) this.#memberId = ''
      cluster.throwIfClosed()
      return undefined
    }
  }

  async #join(connection: BrokerConnection): Promise<Joined> {
    const { groupId, topic, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options
    const request = {
      groupId,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      protocolType: 'consumer',
      groupProtocols: [{ name: PROTOCOL, metadata: MemberMetadata.encode({ version: 0, topics: [topic] }) }],
    }
    const answer = await connection.call('JoinGroup', { ...request, memberId: this.#memberId })
    if (answer.errorCode !== ErrorCode.memberIdRequired) {
      checkCode(`join ${groupId}`, answer.errorCode)
      return answer
    }
    this.#memberId = answer.memberId
    const joined = await connection.call('JoinGroup', { ...request, memberId: answer.memberId })
    checkCode(`join ${groupId}`, joined.errorCode)
    return joined
  }

  async #sync(
    connection: BrokerConnection,
    { generationId, memberId, leaderId, members }: Joined,
  ): Promise<readonly number[]> {
    const { groupId, topic } = this.#options
    const groupAssignment = leaderId === memberId ? await this.#divide(members) : []
    const answer = await connection.call('SyncGroup', { groupId, generationId, memberId, groupAssignment })
    checkCode(`join ${groupId}`, answer.errorCode)
    return MemberAssignment.decode(answer.memberAssignment)?.assignment[topic] ?? []
  }

  async #divide(members: Joined['members']): Promise<readonly object[]> {
    const { cluster, topic } = this.#options
    const all = (await cluster.partitions(topic)).map(({ partition }) => partition)
    const ids = members.map(({ memberId }) => memberId).sort()
    return ids.map((memberId, index) => {
      const own = all.filter((partition) => partition % ids.length === index)
      return {
        memberId,
        memberAssignment: MemberAssignment.encode({ version: 0, assignment: { [topic]: own } }),
      }
    })
  }

  async #beat({ generationId, memberId }: Assignment, over: AbortController): Promise<void> {
    const { groupId, sessionTimeoutMs } = this.#options
    const { signal } = over
    while (!signal.aborted) {
      await sleep(sessionTimeoutMs / HEARTBEATS_PER_SESSION, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      try {
        await this.#persist(async (connection) => {
          const args = { groupId, groupGenerationId: generationId, memberId, groupInstanceId: null }
          const { errorCode } = await connection.call('Heartbeat', args)
          checkCode(`stay in ${groupId}`, errorCode)
        })
      } catch (error) {
        if (error instanceof BrokerError && error.code === ErrorCode.unknownMemberId) this.#memberId = ''
        // Whatever it is, joining anew tells.
        over.abort()
      }
    }
  }

  async #stopBeating(): Promise<void> {
    this.#over.abort()
    await this.#beating
    this.#beating = undefined
  }

  #persist<T>(question: (connection: BrokerConnection) => Promise<T>): Promise<T> {
    const { cluster, connections, groupId } = this.#options
    return cluster.persist(`share the work of ${groupId}`, async () =>
      question(connections.to(await cluster.coordinator('group', groupId))),
    )
  }
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = Promise.withResolvers<undefined>()
  const onAbort = () => aborted.resolve(undefined)
  signal.addEventListener('abort', onAbort)
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
    work.catch(() => undefined)
  }
}
