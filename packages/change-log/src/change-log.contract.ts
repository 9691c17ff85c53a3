import { describe } from 'vitest'
import { appendClaims } from './contract/append-claims.ts'
import type { OpenSubject } from './contract/contract-subject.ts'
import { groupClaims } from './contract/group-claims.ts'
import { processClaims } from './contract/process-claims.ts'
import { readClaims } from './contract/read-claims.ts'
import { retentionClaims } from './contract/retention-claims.ts'
import { topicClaims } from './contract/topic-claims.ts'

export type { ContractSubject, OpenSubject } from './contract/contract-subject.ts'

/** Every promise of the `ChangeLog` port as a test. `open` gives each test a log of its own, or topics of its own in a shared one. */
export function runChangeLogContract(title: string, open: OpenSubject): void {
  describe(`${title}, a change log,`, () => {
    topicClaims(open)
    appendClaims(open)
    readClaims(open)
    retentionClaims(open)
    processClaims(open)
    groupClaims(open)
  })
}
