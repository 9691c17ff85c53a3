wiki: ensample
language: en
page: 12
namespace: 10
title: Template:Infobox lighthouse

@@ 4.300 create by Ozan Kettle
comment: A small one, enough for our three lights
@ text
{| class="infobox"
! colspan="2" | {{{name|{{PAGENAME}}}}}
|-
! Location
| {{{location|}}}
|-
! Built
| {{{built|}}}
|-
! Height
| {{{height|}}}
|-
! Light
| {{{light|}}}
|}<noinclude>
[[Category:Infobox templates]]
</noinclude>

@@ 33.200 edit by Ozan Kettle
comment: the range was missing
@ replace
! Light
| {{{light|}}}
|}<noinclude>
@ with
! Light
| {{{light|}}}
|-
! Range
| {{{range|}}}
|}<noinclude>

@@ 55.600 edit by Inga Brack
comment: no row for a range that is not known
tags: visualeditor-wikitext
@ replace
|-
! Range
| {{{range|}}}
|}<noinclude>
@ with
{{#if: {{{range|}}} |
{{!}}-
! Range
{{!}} {{{range}}}
}}
|}<noinclude>
