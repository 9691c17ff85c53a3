wiki: desample
language: de
page: 31
namespace: 0
title: Waldkauz

@@ 3.400 create by Käthe Birkental
comment: Neu angelegt
@ text
{{Infobox Vogel
| Name           = Waldkauz
| Wissenschaft   = Strix aluco
| Länge          = 40–42 cm
| Spannweite     = 94–104 cm
}}
Der '''Waldkauz''' (''Strix aluco'') ist eine mittelgroße Eule. Er lebt in lichten Laub- und Mischwäldern, aber auch in Parks und auf Friedhöfen mit altem Baumbestand. Das Käuzchen, das man nachts in der Großstadt hört, ist meist ein Waldkauz.

== Stimme ==
Der Gesang des Männchens ist ein lang gezogenes „Huuh – hu – huhuhuhuuh“; das Weibchen antwortet mit einem kurzen „Ku-witt“.

@@ 14.500 edit by Nachtfalter
comment: /* Nahrung */ ergänzt
@ append

== Nahrung ==
Waldkäuze jagen vor allem Mäuse, daneben Vögel, Frösche und große Insekten. Unverdauliches – Fell, Federn, Knochen – würgen sie als [[Gewölle]] wieder aus.

[[Kategorie:Eulen]]

@@ 28.200 edit by 192.0.2.77
comment: /* Stimme */ Bitte anrufen
tags: mw-reverted
@ append

WER DEN KAUZ GESEHEN HAT: bitte Frau M. in der Musterstraße 5 anrufen, Tel. 030 23125 000, auch nachts!

@@ 30.100 revert by Nachtfalter
comment: Änderung von [[Spezial:Beiträge/192.0.2.77|192.0.2.77]] zurückgesetzt: persönliche Angaben
minor: yes
tags: mw-rollback
restores: 2
method: rollback

@@ 34.000 hide by Käthe Birkental
comment: Persönliche Angaben einer Dritten
hides: 3

@@ 50.400 edit by PutzBot
comment: Bot: zerlegte Umlaute zusammengesetzt (Unicode NFC); sieht gleich aus
minor: yes
@ replace
Das Käuzchen, das man
@ with
Das Käuzchen, das man

@@ 62.900 edit by Käthe Birkental
comment: Vogel des Jahres
@ replace
== Stimme ==
@ with
In Deutschland war der Waldkauz der Vogel des Jahres 2017.

== Stimme ==
