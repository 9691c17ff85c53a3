/** Where something stands in its wikitext: UTF-16 offsets, the end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A construct of wikitext that can hold others. What is in no node is text, markup of lines, or HTML. */
export type WikitextNode =
  | CommentNode
  | TagNode
  | TemplateNode
  | ArgumentNode
  | LinkNode
  | ExternalLinkNode
  | VariantNode

interface NodeBase extends Span {
  /** Directly within, in order, disjoint. */
  readonly children: readonly WikitextNode[]
}

/** `<!-- … -->` */
export interface CommentNode extends NodeBase {
  readonly kind: 'comment'
}

/** An extension's tag, such as `<ref name="a">…</ref>`; not HTML. */
export interface TagNode extends NodeBase {
  readonly kind: 'tag'
  /** In lower case. */
  readonly name: string
  readonly attributes: Span
  /** Undefined when it closes itself: `<ref name="a" />`. */
  readonly content: Span | undefined
}

/** What is split by `|` into parts. */
export interface PartedNode extends NodeBase {
  /** Offsets of the `|` between its parts. */
  readonly pipes: readonly number[]
}

/** `{{name|value|key=value}}`, or a parser function or variable. */
export interface TemplateNode extends PartedNode {
  readonly kind: 'template'
  /** For each `|` the offset of the first `=` in the part behind it, or -1. */
  readonly equals: readonly number[]
}

/** `{{{name|default}}}` */
export interface ArgumentNode extends PartedNode {
  readonly kind: 'argument'
}

/** `[[target|label]]`, a file with its options, or a category. */
export interface LinkNode extends PartedNode {
  readonly kind: 'link'
}

/** `[https://example.org label]` */
export interface ExternalLinkNode extends NodeBase {
  readonly kind: 'external'
}

/** `-{zh-hans:…;zh-hant:…}-` */
export interface VariantNode extends PartedNode {
  readonly kind: 'variant'
}

/** Part 0 is a template's name, a link's target. */
export function partSpan(node: PartedNode, index: number): Span {
  const before = node.pipes[index - 1]
  return {
    start: before === undefined ? node.start + openLength(node) : before + 1,
    end: node.pipes[index] ?? node.end - openLength(node),
  }
}

export function partCount(node: PartedNode): number {
  return node.pipes.length + 1
}

function openLength(node: PartedNode): number {
  return (node as PartedNode & { kind: string }).kind === 'argument' ? 3 : 2
}

/** Every node in the order of its start, a parent before its children; without recursion, however deep it is. */
export function* allNodes(roots: readonly WikitextNode[]): Generator<WikitextNode> {
  const pending = roots.toReversed()
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    yield node
    for (let index = node.children.length - 1; index >= 0; index--) {
      pending.push(node.children[index] as WikitextNode)
    }
  }
}
