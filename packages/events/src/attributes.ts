import {
  type Edit,
  PAGE_CHANGE_KINDS,
  type PageChangeKind,
  PERFORMER_KINDS,
  type PerformerKind,
} from './edit.ts'

/** All that a filter may ask about. `null` means "not known", and matches no filter on that attribute. */
export interface Attributes {
  readonly kind: PageChangeKind
  readonly performer: PerformerKind | null
  readonly minor: boolean | null
  readonly isRevert: boolean
  readonly namespace: number
  /** New size minus old size of the revision, in bytes. */
  readonly sizeDelta: number | null
  readonly page: number | null
  readonly wiki: string
  readonly project: string | null
  readonly language: string | null
  readonly item: string | null
  readonly title: string
  readonly tags: readonly string[]
}

export function attributesOf(edit: Edit): Attributes {
  return {
    kind: edit.kind,
    performer: edit.performer?.kind ?? null,
    minor: edit.revision?.isMinor ?? null,
    isRevert: edit.revert !== null,
    namespace: edit.page.namespace,
    sizeDelta: sizeDeltaOf(edit),
    page: edit.page.id,
    wiki: edit.wiki,
    project: edit.project,
    language: edit.language,
    item: edit.page.item,
    title: edit.page.title,
    tags: edit.revision?.tags ?? [],
  }
}

function sizeDeltaOf(edit: Edit): number | null {
  const sizeBytes = edit.revision?.sizeBytes ?? null
  if (sizeBytes === null) return null
  switch (edit.kind) {
    case 'create':
    case 'undelete':
      return sizeBytes
    case 'delete':
      return -sizeBytes
    case 'visibility_change':
      return 0
    case 'edit':
    case 'move': {
      const priorSizeBytes = edit.priorRevision?.sizeBytes ?? null
      return priorSizeBytes === null ? null : sizeBytes - priorSizeBytes
    }
  }
}

/**
 * The record header `attributes`: a fixed head, then strings, so that fan-out filters without parsing JSON.
 *
 *     u8 kind · u8 performer (255: not known) · u8 flags · i32 namespace · i32 size delta · f64 page id
 *     then wiki, project, language, item, title and the tags, each a u16 length and UTF-8 (empty: not known)
 *
 * Numbers are little-endian.
 */
const HEAD_BYTES = 19
const NOT_KNOWN = 255
const MINOR_KNOWN = 1
const MINOR = 2
const IS_REVERT = 4
const SIZE_DELTA_KNOWN = 8
const PAGE_KNOWN = 16

export function encodeAttributes(attributes: Attributes): Uint8Array {
  const { wiki, project, language, item, title, tags } = attributes
  const texts = [wiki, project ?? '', language ?? '', item ?? '', title, ...tags].map((text) =>
    Buffer.from(text),
  )
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + texts.reduce((sum, text) => sum + 2 + text.length, 0))
  bytes[0] = PAGE_CHANGE_KINDS.indexOf(attributes.kind)
  bytes[1] = attributes.performer === null ? NOT_KNOWN : PERFORMER_KINDS.indexOf(attributes.performer)
  bytes[2] =
    (attributes.minor === null ? 0 : MINOR_KNOWN) |
    (attributes.minor === true ? MINOR : 0) |
    (attributes.isRevert ? IS_REVERT : 0) |
    (attributes.sizeDelta === null ? 0 : SIZE_DELTA_KNOWN) |
    (attributes.page === null ? 0 : PAGE_KNOWN)
  bytes.writeInt32LE(attributes.namespace, 3)
  bytes.writeInt32LE(attributes.sizeDelta ?? 0, 7)
  bytes.writeDoubleLE(attributes.page ?? 0, 11)
  let at = HEAD_BYTES
  for (const text of texts) {
    at = bytes.writeUInt16LE(text.length, at)
    at += text.copy(bytes, at)
  }
  return bytes
}

/** Throws a RangeError on bytes that `encodeAttributes` did not write. */
export function decodeAttributes(header: Uint8Array): Attributes {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.byteLength)
  const kind = PAGE_CHANGE_KINDS[bytes.readUInt8(0)]
  if (kind === undefined) throw new RangeError(`page change kind ${bytes[0]} does not exist`)
  const flags = bytes.readUInt8(2)
  const texts: string[] = []
  for (let at = HEAD_BYTES; at < bytes.length; ) {
    const start = at + 2
    at = start + bytes.readUInt16LE(at)
    if (at > bytes.length) throw new RangeError('the attributes header is cut short')
    texts.push(bytes.toString('utf8', start, at))
  }
  const [wiki = '', project, language, item, title = '', ...tags] = texts
  return {
    kind,
    performer: PERFORMER_KINDS[bytes.readUInt8(1)] ?? null,
    minor: flags & MINOR_KNOWN ? (flags & MINOR) !== 0 : null,
    isRevert: (flags & IS_REVERT) !== 0,
    namespace: bytes.readInt32LE(3),
    sizeDelta: flags & SIZE_DELTA_KNOWN ? bytes.readInt32LE(7) : null,
    page: flags & PAGE_KNOWN ? bytes.readDoubleLE(11) : null,
    wiki,
    project: project || null,
    language: language || null,
    item: item || null,
    title,
    tags,
  }
}
