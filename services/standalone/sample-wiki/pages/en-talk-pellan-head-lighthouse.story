wiki: ensample
language: en
page: 13
namespace: 1
title: Talk:Pellan Head Lighthouse

@@ 12.700 create by Inga Brack
comment: /* Name of the article */ new section
tags: discussiontools, discussiontools-newtopic
@ text
== Name of the article ==
The charts and the harbour guide all say '''Pellan Head Light'''. Shall we move the article? [[User:Inga Brack|Inga Brack]] 14:46, 20 March 2026 (UTC)

@@ 22.000 edit by Marisol Tern
comment: /* Name of the article */ Reply
tags: discussiontools, discussiontools-reply
@ append
:Yes. I took the longer name from the postcard stand, not from a chart. [[User:Marisol Tern|Marisol Tern]] 14:46, 20 March 2026 (UTC)

@@ 29.300 edit by Ozan Kettle
comment: /* Name of the article */ Reply
tags: discussiontools, discussiontools-reply
@ append
::Fine by me, as long as the old name still leads here. 👍🏽 And somebody should tell the 👩‍👧‍👦 at the postcard stand. [[User:Ozan Kettle|Ozan Kettle]] 14:46, 20 March 2026 (UTC)

@@ 38.400 move by Inga Brack
comment: Inga Brack moved page [[Talk:Pellan Head Lighthouse]] to [[Talk:Pellan Head Light]] without leaving a redirect
to: Talk:Pellan Head Light
