import { InMemoryRevisionTexts } from './in-memory-revision-texts.ts'
import { type ContractRevision, revisionTextsContract } from './revision-texts.contract.ts'

revisionTextsContract(async (revisions: readonly ContractRevision[]) => {
  const texts = new InMemoryRevisionTexts()
  for (const { wiki, revisionId, text, state } of revisions) {
    if (state === 'visible') texts.put(wiki, revisionId, text)
    else texts.withhold(wiki, revisionId, state)
  }
  return texts
})
