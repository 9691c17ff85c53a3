/** Revisions of an invented article, each an edit of the one before. They cover what real articles hold, in a few lines. */
export const SAMPLE_HISTORY: readonly string[] = revisions()

function revisions(): string[] {
  const first = `{{Short description|Town in an invented country}}
{{Infobox settlement
| name       = Ostervik
| population = {{formatnum:9100}}
| area       = {{convert|12|km2}}
| mayor      = [[Ada Lind]]
}}
'''Ostervik''' ({{lang|sv|Östervik}}, {{IPA|sv|x}}) is a town on the [[Ost|River Ost]].<ref name="census">{{cite web|url=https://example.org/census|title=Census}}</ref> It has a harbour &amp; a market. 👩‍👩‍👧 families, नमस्ते, 東京。京都。
<!-- do not move -->

== History ==
${sentences('The town', 30)}

=== Early years ===
* First item with a [[link]]
* Second item<ref>https://example.org/b</ref>
** Third

== Economy ==
{| class="wikitable"
|+ Trade
! Year !! Goods
|-
| 1900 || [[Fish]] and {{nowrap|dried fish}}
|-
| style="color:red" | 1950 || Paper
|}

[[File:Ostervik.jpg|thumb|The harbour, seen from [[Ost]]]]
[[Category:Towns]]
[[Category:Ports|Ostervik]]
[[de:Ostervik]]
`
  const edits: ((text: string) => string)[] = [
    (text) => text.replace('a harbour &amp; a market', 'a harbour, two markets &amp; a theatre'),
    (text) => text.replace('[[Category:Ports|Ostervik]]', '[[Category:Harbours]]'),
    (text) => text.replace('== Economy ==', '== Trade and industry =='),
    (text) => text.replace('{{formatnum:9100}}', '{{formatnum:9250}}'),
    (text) => text.replace('The town was sentence 12', 'The town, it is said, was sentence 12'),
    (text) => `${text}\n== See also ==\n* [[Vestervik]]\n* [[Vestervik]] again\n`,
    (text) => movedToEnd(text, '=== Early years ===', '== Trade and industry =='),
    (text) => text.replace('| 1950 || Paper', '| 1950 || Paper\n|-\n| 2000 || Wind {{citation needed}}'),
    () => '',
    () => '#REDIRECT [[Ostervik municipality]]\n[[Category:Redirects]]',
    () => first,
    (text) => text.replaceAll('Second item', 'First item with a [[link]]'),
  ]
  const texts = [first]
  for (const edit of edits) texts.push(edit(texts.at(-1) ?? ''))
  return texts
}

function sentences(subject: string, count: number): string {
  return Array.from(
    { length: count },
    (_, index) => `${subject} was sentence ${index} of its own long story, by Dr. A. Lind, and of others.`,
  ).join(' ')
}

function movedToEnd(text: string, from: string, to: string): string {
  const [start, end] = [text.indexOf(from), text.indexOf(to)]
  return text.slice(0, start) + text.slice(end) + text.slice(start, end)
}
