/**
 * Who shares a topic with whom, in one process: the members of a group divide its partitions among themselves. That a
 * partition changes hands while its last records are still being handled does no harm, because a commit that does
 * not start where the group stands is refused.
 */
export class ConsumerGroups {
  readonly #members = new Map<string, GroupMember[]>()

  join(group: string, topic: string, partitions: number): GroupMember {
    const id = JSON.stringify([group, topic])
    const members = this.#members.get(id) ?? []
    const member = new GroupMember((leaving) => {
      members.splice(members.indexOf(leaving), 1)
      if (members.length === 0) this.#members.delete(id)
      divide(members, partitions)
    })
    this.#members.set(id, members)
    members.push(member)
    divide(members, partitions)
    return member
  }
}

export class GroupMember {
  #partitions: readonly number[] = []
  #generation = 0
  readonly #onLeave: (member: GroupMember) => void

  constructor(onLeave: (member: GroupMember) => void) {
    this.#onLeave = onLeave
  }

  get partitions(): readonly number[] {
    return this.#partitions
  }

  /** Counts how often the partitions of this member changed. */
  get generation(): number {
    return this.#generation
  }

  assign(partitions: readonly number[]): void {
    this.#partitions = partitions
    this.#generation++
  }

  leave(): void {
    this.#onLeave(this)
  }
}

function divide(members: readonly GroupMember[], partitions: number): void {
  const all = Array.from({ length: partitions }, (_, partition) => partition)
  for (const [index, member] of members.entries()) {
    member.assign(all.filter((partition) => partition % members.length === index))
  }
}
