import { isIP } from 'node:net'
import type { EditInput } from '@freshet/events'
import { readWebplatformHistory, type WebplatformRevision } from './webplatform-history.ts'

export const WEBPLATFORM_WIKI = 'webplatform'
export const WEBPLATFORM_DOMAIN = 'docs.webplatform.org'
const LICENSE = { spdx: 'CC-BY-3.0', url: 'https://creativecommons.org/licenses/by/3.0/' }

/** The WebPlatform history as edits that carry their texts, in order of revision id. Real content, real times. */
export async function* webplatformEdits(inputPath: string): AsyncIterable<EditInput> {
  for (const act of await readWebplatformHistory(inputPath)) {
    const { revision, priorRevision } = act
    const isDeletion = act.kind === 'delete'
    yield {
      kind: act.kind,
      wiki: WEBPLATFORM_WIKI,
      domain: WEBPLATFORM_DOMAIN,
      language: act.page.language,
      page: {
        id: act.page.id,
        title: act.page.title,
        namespace: 0,
        isRedirect: revision.redirectTarget !== null,
        redirectTarget: revision.redirectTarget,
        ...(isDeletion && { revisionCount: act.revisionCount }),
      },
      revision: { ...revisionOf(revision), editor: performerOf(revision.user), contentModel: 'wikitext' },
      priorRevision: priorRevision === undefined ? null : revisionOf(priorRevision),
      performer: performerOf(act.user),
      comment: isDeletion ? act.comment : null,
      license: LICENSE,
      editedAt: act.actedAt,
      text: isDeletion ? null : revision.text,
    }
  }
}

function revisionOf(revision: WebplatformRevision) {
  const { id, parentId, timestamp, sizeBytes, sha1, comment } = revision
  return { id, parentId, timestamp, sizeBytes, sha1, comment }
}

/** The history has names only. */
function performerOf(user: string) {
  return { kind: isIP(user) > 0 ? ('anonymous' as const) : ('registered' as const), name: user }
}
