/** Whether what stands between the tags is wikitext of its own, or nothing that this package reads. */
export type TagContent = 'wikitext' | 'opaque'

/**
 * Tags that MediaWiki takes out of the text before it looks at braces and brackets. Source: the extensions listed on
 * Wikipedia's Special:Version, and MediaWiki's own nowiki, pre, gallery, indicator, includeonly.
 */
const TAGS: Readonly<Record<TagContent, string>> = {
  wikitext: 'gallery indicator langconvert poem ref references tabber tab',
  opaque: `categorytree ce charinsert chem dynamicpagelist graph hiero html imagemap includeonly inputbox languages
    mapframe maplink math nowiki pages pre quiz rss score section source syntaxhighlight templatedata templatestyles
    timeline`,
}

export const EXTENSION_TAGS: ReadonlyMap<string, TagContent> = new Map(
  (Object.keys(TAGS) as TagContent[]).flatMap((content) =>
    TAGS[content].split(/\s+/).map((name): [string, TagContent] => [name, content]),
  ),
)
