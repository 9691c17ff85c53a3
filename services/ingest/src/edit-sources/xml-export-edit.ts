import { isIP } from 'node:net'
import { type EditInput, performerNamed, TEXT_BYTES_MAX } from '@freshet/events'
import { wikiOfDomain } from './wiki-of-domain.ts'
import type { ExportedRevision, ExportedSite, ExportFields } from './xml-export-reader.ts'

/** What the next revision of the page has to know of the one before. */
export interface PreviousRevision {
  readonly id: number
  readonly parentId: number
  readonly timestamp: string
  readonly sizeBytes: null | number
  readonly sha1: null | string
  readonly contentModel: null | string
}

/** `<parentid>` came with this schema. Without it, the revision before in the dump is taken for the parent. */
const PARENT_ID_SINCE = 7

/** A revision of a dump as the edit that made it; not checked for validity. */
export function editOfRevision(
  revision: ExportedRevision,
  previous: undefined | PreviousRevision,
): EditInput {
  const { site, page, fields } = revision
  const domain = domainOf(site)
  const { sizeBytes, sha1, contentModel, ...summary } = summaryOf(revision, previous)
  const performer = performerOf(fields)
  const comment = fields.has('comment@deleted') ? null : (fields.get('comment') ?? '')
  const text = textOf(fields)
  return {
    // A page that begins with a parent is in a dump of current revisions only, or its beginning was deleted.
    kind: previous === undefined && summary.parentId === 0 ? 'create' : 'edit',
    wiki: site.fields.get('dbname') ?? wikiOfDomain(domain ?? ''),
    domain,
    page: {
      id: Number(page.get('id')),
      title: page.get('title') ?? '',
      namespace: namespaceOf(page, site),
      ...redirectOf(revision, text),
    },
    revision: {
      ...summary,
      sizeBytes,
      sha1,
      comment,
      editor: performer,
      isMinor: fields.has('minor'),
      contentModel,
      slots: slotsOf(revision, sizeBytes),
      isContentVisible: !fields.has('text@deleted'),
      isEditorVisible: !fields.has('contributor@deleted'),
      isCommentVisible: !fields.has('comment@deleted'),
    },
    priorRevision: priorRevisionOf(summary.parentId, previous),
    performer,
    comment,
    editedAt: summary.timestamp,
    source: { schema: `mediawiki-export-${site.version}` },
    text: text !== null && Buffer.byteLength(text) > TEXT_BYTES_MAX ? null : text,
  }
}

export function summaryOf(
  { site, fields }: ExportedRevision,
  previous: undefined | PreviousRevision,
): PreviousRevision {
  const hasParentIds = Number(site.version.split('.')[1]) >= PARENT_ID_SINCE
  const parentId = fields.get('parentid')
  return {
    id: Number(fields.get('id')),
    parentId: hasParentIds || parentId !== undefined ? Number(parentId ?? 0) : (previous?.id ?? 0),
    timestamp: fields.get('timestamp') ?? '',
    sizeBytes: sizeOf(fields),
    sha1: fields.get('sha1') || fields.get('text@sha1') || null,
    contentModel: fields.get('model') || null,
  }
}

function domainOf({ fields }: ExportedSite): null | string {
  const base = fields.get('base') ?? ''
  return URL.canParse(base) ? new URL(base).hostname : null
}

/** Dumps before export-0.6 tell the namespace by the title alone. */
function namespaceOf(page: ExportFields, { namespaces }: ExportedSite): number {
  const number = page.get('ns')
  if (number !== undefined) return Number(number)
  const [prefix, ...rest] = (page.get('title') ?? '').split(':')
  return rest.length === 0 ? 0 : (namespaces.get(prefix ?? '') ?? 0)
}

/** `null`: the text is hidden or not in the dump (a stub has only its size). */
function textOf(fields: ExportFields): null | string {
  const text = fields.get('text')
  if (text === undefined || fields.has('text@deleted')) return null
  return text === '' && Number(fields.get('text@bytes') ?? 0) > 0 ? null : text
}

function sizeOf(fields: ExportFields): null | number {
  const text = textOf(fields)
  if (text !== null) return Buffer.byteLength(text)
  const sizeBytes = Number(fields.get('text@bytes') ?? -1)
  return sizeBytes >= 0 ? sizeBytes : null
}

/** `#REDIRECT [[target]]` is understood on every wiki; its translations are not, and are left unknown. */
const REDIRECT = /^\s*#redirect\s*:?\s*\[\[\s*:?([^\]|#]+)/i

/** The dump says of a page whether it is a redirect now; of its older revisions only the text can tell. */
function redirectOf(
  { page, fields, isLatest }: ExportedRevision,
  text: null | string,
): Pick<EditInput['page'], 'isRedirect' | 'redirectTarget'> {
  if (isLatest && (page.has('redirect') || page.has('ns'))) {
    return { isRedirect: page.has('redirect'), redirectTarget: page.get('redirect@title') ?? null }
  }
  const target = text === null ? undefined : REDIRECT.exec(text)?.[1]
  if (target !== undefined) return { isRedirect: true, redirectTarget: target.replaceAll('_', ' ').trim() }
  const isPlain = text !== null && (!text.trimStart().startsWith('#') || fields.get('model') !== 'wikitext')
  return { isRedirect: isPlain ? false : null, redirectTarget: null }
}

function performerOf(fields: ExportFields): EditInput['performer'] {
  const ip = fields.get('contributor/ip')
  if (ip) return { ...performerNamed(ip, false), ...(isAddress(ip) && { kind: 'anonymous' }) }
  const name = fields.get('contributor/username')
  if (!name) return null
  return { ...performerNamed(name, false), id: Number(fields.get('contributor/id')) || null }
}

/** Addresses were once shown with their end hidden. In place of an address there may be the name of an imported user. */
function isAddress(ip: string): boolean {
  return isIP(ip) > 0 || /^\d+\.\d+\.\d+\.xxx$/i.test(ip)
}

function slotsOf({ fields, slots }: ExportedRevision, sizeBytes: null | number) {
  const model = fields.get('model')
  const main = model ? { main: slotOf(fields, model, sizeBytes) } : {}
  const others = slots.map((slot) => [slot.get('role'), slotOf(slot, slot.get('model') ?? '', sizeOf(slot))])
  return { ...main, ...Object.fromEntries(others) }
}

function slotOf(fields: ExportFields, model: string, sizeBytes: null | number) {
  return {
    model,
    format: fields.get('format') || null,
    sizeBytes,
    sha1: fields.get('text@sha1') || fields.get('sha1') || null,
    originRevisionId: Number(fields.get('origin')) || null,
  }
}

function priorRevisionOf(
  parentId: number,
  previous: undefined | PreviousRevision,
): EditInput['priorRevision'] {
  if (parentId === 0) return null
  if (previous?.id !== parentId) return { id: parentId }
  const { id, timestamp, sizeBytes, sha1, contentModel } = previous
  return {
    id,
    parentId: previous.parentId,
    timestamp,
    ...(sizeBytes !== null && { sizeBytes }),
    ...(sha1 !== null && { sha1 }),
    ...(contentModel !== null && { contentModel }),
  }
}
