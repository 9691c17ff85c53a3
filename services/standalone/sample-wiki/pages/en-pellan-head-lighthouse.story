wiki: ensample
language: en
page: 11
namespace: 0
title: Pellan Head Lighthouse

@@ 0.000 create by Marisol Tern
comment: New article, from the harbour guide and a visit last summer
@ text
{{Infobox lighthouse
| name     = Pellan Head Lighthouse
| location = Pellan Head
| built    = 1871
| height   = 28 m
| light    = Fl(2) W 15s
| range    = 18 nmi
}}
'''Pellan Head Lighthouse''' stands on the western tip of the Pellan peninsula, above the tidal race that sailors call the Kettle. The tower was bulit of local granite and has been lit every night since October 1871, except for nine weeks in the winter of 1917.

== History ==
The harbour commissioners asked for a light on the head after the barque ''Amity'' was lost there in 1868. The engineer Edda Corrick chose the outer rock, although every stone had to be landed by boat.<ref>''Pellan Harbour Guide'', 4th edition, 2019, p. 12.</ref>

The last keeper left in 1989, when the lamp was automated.

@@ 2.600 edit by 192.0.2.17
comment: typo
minor: yes
tags: mobile edit, mobile web edit
@ replace
The tower was bulit of local granite
@ with
The tower was built of local granite

@@ 6.100 edit by Ozan Kettle
comment: /* Optics */ new section
@ append

== Optics ==
The lens is a second-order Fresnel lens, assembled from 364 prisms. It floats on a bath of mercury, so that a push with one finger sets its two tonnes turning.

{| class="wikitable"
! Years !! Light source !! Range
|-
| 1871–1904 || Rape-seed oil || 14 nmi
|-
| 1904–1958 || Paraffin vapour || 17 nmi
|-
| 1958–2016 || Electric lamp, 1,000 W || 20 nmi
|-
| since 2016 || LED, 60 W || 18 nmi
|}

@@ 10.300 edit by Marisol Tern
comment: /* History */ who lived there, with a reference
@ replace
The last keeper left in 1989, when the lamp was automated.
@ with
Two families lived in the cottages at a time, and the children rowed to school at slack water.<ref name="Anders">R. Anders, ''Slack Water: A Childhood on the Head'', 1962, pp. 3–9.</ref> The last keeper left in 1989, when the lamp was automated.

== References ==
<references />

@@ 15.200 edit by 2001:db8::4a
comment: fixed facts
tags: mw-reverted
@ text
{{Infobox lighthouse
| name     = Pellan Head Lighthouse
| location = the moon lol
| built    = 1871
| height   = 9000 m
| light    = Fl(2) W 15s
| range    = 18 nmi
}}
'''Pellan Head Lighthouse''' is haunted!!!! dont go there

@@ 16.900 revert by Inga Brack
comment: Reverted 1 edit by [[Special:Contributions/2001:db8::4a|2001:db8::4a]] to the last revision by Marisol Tern
minor: yes
tags: mw-rollback
restores: 4
method: rollback

@@ 24.400 edit by Ozan Kettle
comment: height after the survey of 2024: the lantern had been left out
@ replace
| height   = 28 m
@ with
| height   = 31 m

@@ 31.000 edit by TidyBot
comment: Bot: references section moved to the end of the article
minor: yes
@ replace
== References ==
<references />

== Optics ==
@ with
== Optics ==
@ append

== References ==
<references />

@@ 37.500 move by Inga Brack
comment: Inga Brack moved page [[Pellan Head Lighthouse]] to [[Pellan Head Light]]: see the talk page
to: Pellan Head Light
redirect-page: 23

@@ 44.800 edit by Marisol Tern
comment: the wreck belongs in the introduction; nothing else changed
@ replace
== History ==
The harbour commissioners asked for a light on the head after the barque ''Amity'' was lost there in 1868. The engineer
@ with
The harbour commissioners asked for a light on the head after the barque ''Amity'' was lost there in 1868.

== History ==
The engineer

@@ 52.900 edit by ~2026-40117-3
comment: /* Optics */ the LED is rated at 72 W, it says so on the plate
tags: mobile edit, mobile app edit
@ replace
| since 2016 || LED, 60 W || 18 nmi
@ with
| since 2016 || LED, 72 W || 18 nmi

@@ 61.700 edit by Tove Almgren
comment: +categories
minor: yes
@ append

[[Category:Lighthouses completed in 1871]]
[[Category:Pellan peninsula]]

@@ 68.300 edit by Ozan Kettle
comment: bold name follows the title, link to the tides
@ replace
'''Pellan Head Lighthouse''' stands
@ with
'''Pellan Head Light''' stands
@ replace
above the tidal race that sailors call the Kettle.
@ with
above the tidal race that sailors call the Kettle (see [[Tides at Pellan Haven in 2026]]).
