wiki: ensample
language: en
page: 24
namespace: 0
title: Pellan light

@@ 40.500 create by Tove Almgren
comment: Redirected page to [[Pellan Head Light]]
tags: mw-new-redirect
@ text
#REDIRECT [[Pellan Head Light]]

[[Category:Redirects from short names]]
