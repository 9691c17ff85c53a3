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
const LENGTH_BYTES = 2
/** The high byte of a length that is not all there: longer than any header may be from there on. */
const CUT_SHORT = 255
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
  const bytes = Buffer.allocUnsafe(
    HEAD_BYTES + texts.reduce((sum, text) => sum + LENGTH_BYTES + text.length, 0),
  )
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

/**
 * The attributes in a header, decoded one by one when they are first asked for: most filters ask for one or two. Throws a
 * RangeError on bytes that `encodeAttributes` did not write.
 */
export function decodeAttributes(header: Uint8Array): Attributes {
  return new EncodedAttributes(
    Buffer.isBuffer(header) ? header : Buffer.from(header.buffer, header.byteOffset, header.byteLength),
  )
}

/** The texts of the header, in their order; behind them come the tags. */
const WIKI = 0
const PROJECT = 1
const LANGUAGE = 2
const ITEM = 3
const TITLE = 4
const FIRST_TAG = 5

class EncodedAttributes implements Attributes {
  readonly #bytes: Buffer
  #wiki: string | undefined
  #project: string | undefined
  #language: string | undefined
  #item: string | undefined
  #title: string | undefined
  #tags: readonly string[] | undefined

  constructor(bytes: Buffer) {
    if (bytes.length < HEAD_BYTES) throw new RangeError('the attributes header is cut short')
    if (PAGE_CHANGE_KINDS[bytes[0] ?? NOT_KNOWN] === undefined) {
      throw new RangeError(`page change kind ${bytes[0]} does not exist`)
    }
    let at = HEAD_BYTES
    while (at < bytes.length) at = textEnd(bytes, at)
    if (at > bytes.length) throw new RangeError('the attributes header is cut short')
    this.#bytes = bytes
  }

  get kind(): PageChangeKind {
    // The constructor has seen that it exists.
    return PAGE_CHANGE_KINDS[this.#bytes[0] ?? NOT_KNOWN] as PageChangeKind
  }

  get performer(): PerformerKind | null {
    return PERFORMER_KINDS[this.#bytes[1] ?? NOT_KNOWN] ?? null
  }

  get minor(): boolean | null {
    return this.#has(MINOR_KNOWN) ? this.#has(MINOR) : null
  }

  get isRevert(): boolean {
    return this.#has(IS_REVERT)
  }

  get namespace(): number {
    return this.#bytes.readInt32LE(3)
  }

  get sizeDelta(): number | null {
    return this.#has(SIZE_DELTA_KNOWN) ? this.#bytes.readInt32LE(7) : null
  }

  get page(): number | null {
    return this.#has(PAGE_KNOWN) ? this.#bytes.readDoubleLE(11) : null
  }

  get wiki(): string {
    this.#wiki ??= this.#text(WIKI)
    return this.#wiki
  }

  get project(): string | null {
    this.#project ??= this.#text(PROJECT)
    return this.#project || null
  }

  get language(): string | null {
    this.#language ??= this.#text(LANGUAGE)
    return this.#language || null
  }

  get item(): string | null {
    this.#item ??= this.#text(ITEM)
    return this.#item || null
  }

  get title(): string {
    this.#title ??= this.#text(TITLE)
    return this.#title
  }

  get tags(): readonly string[] {
    this.#tags ??= this.#textsFrom(FIRST_TAG)
    return this.#tags
  }

  #has(flag: number): boolean {
    return ((this.#bytes[2] ?? 0) & flag) !== 0
  }

  /** Empty when there are fewer texts. */
  #text(index: number): string {
    const start = this.#textStart(index)
    if (start >= this.#bytes.length) return ''
    return this.#bytes.toString('utf8', start + LENGTH_BYTES, textEnd(this.#bytes, start))
  }

  #textsFrom(index: number): readonly string[] {
    const texts: string[] = []
    for (let at = this.#textStart(index); at < this.#bytes.length; at = textEnd(this.#bytes, at)) {
      texts.push(this.#bytes.toString('utf8', at + LENGTH_BYTES, textEnd(this.#bytes, at)))
    }
    return texts
  }

  #textStart(index: number): number {
    let at = HEAD_BYTES
    for (let left = index; left > 0 && at < this.#bytes.length; left--) at = textEnd(this.#bytes, at)
    return at
  }
}

/** Where the text whose length stands at `at` ends; beyond the bytes when they are cut short. */
function textEnd(bytes: Buffer, at: number): number {
  return at + LENGTH_BYTES + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? CUT_SHORT) << 8))
}
