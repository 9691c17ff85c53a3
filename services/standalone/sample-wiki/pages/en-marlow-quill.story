wiki: ensample
language: en
page: 15
namespace: 0
title: Marlow Quill

@@ 7.400 create by Quillfriend
comment: A poet who deserves an article
@ text
'''Marlow Quill''' (1802–1849) was a poet and ferryman. He wrote on the backs of tide tables, and most of his verse is about waiting.

@@ 13.900 edit by Quillfriend
comment: /* Works */
@ append

== Works ==
* ''Low Water'' (1831)
* ''The Far Bank'' (1840)

@@ 26.000 delete by Inga Brack
comment: No source names this person; write to me if there is one. Content was: "'''Marlow Quill''' (1802–1849) was a poet and ferryman."

@@ 47.900 undelete by Inga Brack
comment: 2 revisions restored: Marisol Tern found him in the parish register and in Anders

@@ 51.200 edit by Marisol Tern
comment: two sources; he was born a year later
@ replace
'''Marlow Quill''' (1802–1849) was a poet and ferryman.
@ with
'''Marlow Quill''' (1803–1849) was a poet and ferryman at Pellan Haven.<ref>Parish register of Pellan Haven, entry 114 of 1803.</ref>
@ append

== References ==
<references />
* R. Anders, ''Slack Water: A Childhood on the Head'', 1962, p. 41.

[[Category:Poets]]
[[Category:Pellan peninsula]]
