import { isIP } from 'node:net'
import type { EditInput } from '@freshet/events'

const FIRST_REVISION_ID = 1_001
/** https://www.mediawiki.org/wiki/Trust_and_Safety_Product/Temporary_Accounts */
const TEMPORARY_NAME = /^~2\d{3}-\d/

type Performer = NonNullable<EditInput['performer']>

/** Gives out the ids of one wiki while its stories are told. */
export class ToldWiki {
  private revisions = 0
  private readonly accounts = new Map<string, number>()

  nextRevisionId(): number {
    this.revisions += 1
    return FIRST_REVISION_ID + this.revisions - 1
  }

  /** The name says what kind of performer it is; bots end in "Bot". */
  performerNamed(name: string): Performer {
    if (isIP(name) > 0) return { kind: 'anonymous', name }
    const id = this.accounts.get(name) ?? this.accounts.size + 1
    this.accounts.set(name, id)
    if (name.endsWith('Bot')) return { kind: 'bot', name, id, groups: ['bot'] }
    return { kind: TEMPORARY_NAME.test(name) ? 'temporary' : 'registered', name, id }
  }
}
