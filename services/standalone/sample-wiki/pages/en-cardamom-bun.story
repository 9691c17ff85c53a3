wiki: ensample
language: en
page: 14
namespace: 0
title: Cardamom bun

@@ 1.300 create by Tove Almgren
comment: Started, more to come
@ text
A '''cardamom bun''' (Swedish: ''kardemummabulle'') is a sweet yeast bun flavoured with coarsely ground cardamom. It is eaten with coffee, at home and in cafés, at any time of the day.

== Preparation ==
# Warm the milk and dissolve the yeast in it.
# Knead milk, flour, sugar, butter and half of the cardamom to a smooth dough.
# Let it rise until it has doubled.
# Roll it out, spread it with butter, sugar and the rest of the cardamom, and fold it in three.
# Cut strips, twist them and wind them into knots.
# Bake for ten minutes at 225 °C.

== See also ==
* [[Cinnamon bun]]

@@ 11.500 edit by Fennick
comment: /* Ingredients */ for twenty buns
@ replace
== Preparation ==
@ with
== Ingredients ==
{| class="wikitable"
! Ingredient !! Amount
|-
| Milk || 250 ml
|-
| Wheat flour || 420 g
|-
| Butter || 150 g
|-
| Sugar || 130 g
|-
| Fresh yeast || 25 g
|-
| Cardamom || 1 tablespoon
|}

== Preparation ==

@@ 19.600 edit by 192.0.2.201
tags: mw-blank, mw-reverted
@ text

@@ 21.100 revert by Fennick
comment: Undid revision by [[Special:Contributions/192.0.2.201|192.0.2.201]]: the page had been emptied
tags: mw-undo
restores: 2
method: undo

@@ 35.100 edit by ~2026-12345-6
comment: /* Ingredients */ one spoon is far too little
tags: mobile edit, mobile web edit
@ replace
| Cardamom || 1 tablespoon
@ with
| Cardamom || 2 tablespoons, freshly ground

@@ 49.700 edit by Tove Almgren
comment: /* History */ where the spice came from
@ replace
== Ingredients ==
@ with
== History ==
Cardamom has been traded in northern Europe since the Middle Ages. In Sweden it became a common spice for wheat bread in the 19th century, and the braided loaf ''vetelängd'' was flavoured with it long before the single bun became popular.

== Ingredients ==

@@ 58.900 edit by TidyBot
comment: Bot: unit spacing, +category
minor: yes
@ replace
| Wheat flour || 420 g
@ with
| Wheat flour || 420&nbsp;g
@ replace
at 225 °C.
@ with
at 225&nbsp;°C.
@ append

[[Category:Sweet breads]]
