import { SaxesParser } from 'saxes'
import { SourceFileError } from './edit-source-error.ts'

/**
 * What an element and its children hold, by path: `id`, `contributor/username`, `text`; attributes as `text@bytes`. An
 * element without text is there as an empty string.
 */
export type ExportFields = ReadonlyMap<string, string>

export interface ExportedSite {
  /** The schema's version, such as `0.11`. */
  readonly version: string
  readonly fields: ExportFields
  /** Namespace numbers by their names. */
  readonly namespaces: ReadonlyMap<string, number>
}

export interface ExportedRevision {
  readonly site: ExportedSite
  /** What stands before the revisions: title, namespace, id, redirect. */
  readonly page: ExportFields
  readonly fields: ExportFields
  /** The slots beside `main`. */
  readonly slots: readonly ExportFields[]
  /** Position in the dump: the how-manieth page, and in it the how-manieth revision, from 1. */
  readonly pageNumber: number
  readonly revisionNumber: number
  /** Why it is not to be trusted: where the XML is broken. */
  readonly flaw: undefined | string
  /** The page's last revision in the dump, which is what the page's redirect speaks of. */
  readonly isLatest: boolean
}

/** An element of more characters than this is no wikitext: the rest of the file cannot be read in bounded memory. */
const ELEMENT_LENGTH_MAX = 64 * 1024 * 1024

/** Reads a MediaWiki XML export (https://www.mediawiki.org/wiki/Help:Export), holding one revision at a time. */
export class XmlExportReader {
  readonly #parser = new SaxesParser()
  readonly #names: string[] = []
  #path = ''
  #text = ''
  #elementLength = 0
  #site: ExportedSite & { fields: Map<string, string>; namespaces: Map<string, number> }
  #page = new Map<string, string>()
  #revision: undefined | Map<string, string>
  #slots: Map<string, string>[] = []
  #pageNumber = 0
  #revisionNumber = 0
  #flaw: undefined | string
  /** Waits for what follows, which tells whether it is the page's last. */
  #held: undefined | ExportedRevision
  #ready: ExportedRevision[] = []

  constructor() {
    this.#site = { version: '', fields: new Map(), namespaces: new Map() }
    this.#parser.on('opentag', ({ name, attributes }) => this.#onOpen(name, attributes))
    this.#parser.on('text', (text) => {
      this.#text += text
    })
    this.#parser.on('cdata', (text) => {
      this.#text += text
    })
    this.#parser.on('closetag', () => this.#onClose())
    this.#parser.on('error', (error) => {
      this.#flaw ??= error.message
    })
  }

  get pageNumber(): number {
    return this.#pageNumber
  }

  /** @throws SourceFileError when it is no export, or an element is longer than any wikitext */
  push(xml: string): readonly ExportedRevision[] {
    this.#elementLength += xml.length
    this.#parser.write(xml)
    if (this.#elementLength > ELEMENT_LENGTH_MAX) {
      throw new SourceFileError(`an element of the export is longer than ${ELEMENT_LENGTH_MAX} characters`)
    }
    return this.#take()
  }

  /** What the end of the file leaves: where it is cut off or followed by something else, that is one more revision. */
  end(): readonly ExportedRevision[] {
    this.#parser.close()
    if (this.#flaw !== undefined) this.#finishRevision(this.#flaw)
    this.#release(false)
    return this.#take()
  }

  #take(): readonly ExportedRevision[] {
    const ready = this.#ready
    this.#ready = []
    return ready
  }

  #onOpen(name: string, attributes: Record<string, string>): void {
    this.#names.push(name)
    this.#path = this.#names.slice(1).join('/')
    this.#text = ''
    this.#elementLength = 0
    if (this.#names.length === 1) this.#onRoot(name, attributes)
    else if (this.#path === 'page') {
      this.#page = new Map()
      this.#pageNumber += 1
      this.#revisionNumber = 0
    } else if (this.#path === 'page/revision') {
      this.#revision = new Map()
      this.#slots = []
    } else if (this.#path === 'page/revision/content') this.#slots.push(new Map())
    const [fields, path] = this.#target()
    for (const [attribute, value] of Object.entries(attributes)) fields?.set(`${path}@${attribute}`, value)
  }

  #onRoot(name: string, attributes: Record<string, string>): void {
    if (name !== 'mediawiki')
      throw new SourceFileError(`the XML is no MediaWiki export, its root is <${name}>`)
    this.#site = { ...this.#site, version: attributes.version ?? 'unknown' }
  }

  #onClose(): void {
    const [fields, path] = this.#target()
    if (path !== '') fields?.set(path, this.#text)
    if (this.#path === 'siteinfo/namespaces/namespace') {
      this.#site.namespaces.set(this.#text, Number(this.#site.fields.get('namespaces/namespace@key')))
    }
    if (this.#path === 'page/revision') this.#finishRevision(this.#flaw)
    if (this.#path === 'page') this.#release(true)
    this.#names.pop()
    this.#path = this.#names.slice(1).join('/')
    this.#text = ''
    this.#elementLength = 0
  }

  #finishRevision(flaw: undefined | string): void {
    this.#release(false)
    this.#revisionNumber += 1
    this.#held = {
      site: this.#site,
      page: this.#page,
      fields: this.#revision ?? new Map(),
      slots: this.#slots,
      pageNumber: this.#pageNumber,
      revisionNumber: this.#revisionNumber,
      flaw,
      isLatest: false,
    }
    this.#revision = undefined
    this.#flaw = undefined
  }

  #release(isLatest: boolean): void {
    if (this.#held !== undefined) this.#ready.push({ ...this.#held, isLatest })
    this.#held = undefined
  }

  /** Where a value of the open element belongs, and under which path; nowhere outside site, page and revision. */
  #target(): [undefined | Map<string, string>, string] {
    const [, section, second, third, ...rest] = this.#names
    if (section === 'siteinfo') return [this.#site.fields, this.#names.slice(2).join('/')]
    if (section !== 'page') return [undefined, '']
    if (second !== 'revision') return [this.#page, this.#names.slice(2).join('/')]
    if (third === 'content') return [this.#slots.at(-1), rest.join('/')]
    return [this.#revision, this.#names.slice(3).join('/')]
  }
}
