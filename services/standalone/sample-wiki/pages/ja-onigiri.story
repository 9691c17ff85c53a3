wiki: jasample
language: ja
page: 91
namespace: 0
title: おにぎり

@@ 5.700 create by みどりの風
comment: 新規作成
@ text
'''おにぎり'''は、ご飯を三角形や俵形に握った日本の食べ物である。'''おむすび'''とも呼ばれる。

== 具 ==
* 梅干し
* 鮭
* 昆布

== 海苔 ==
海苔は、握ってすぐに巻く場合と、食べる直前に巻く場合がある。

@@ 20.300 edit by 浜辺の𠮷田
comment: /* 具 */ ツナマヨネーズを追加
@ replace
* 昆布
@ with
* 昆布
* おかか
* ツナマヨネーズ

@@ 33.900 edit by 192.0.2.58
comment: 読点の位置
minor: yes
tags: mobile edit, mobile web edit
@ replace
海苔は、握ってすぐに巻く場合と、食べる直前に巻く場合がある。
@ with
海苔は握ってすぐに巻く場合と、食べる直前に巻く場合とがある。

@@ 45.700 edit by みどりの風
comment: /* 歴史 */ 節を追加
@ replace
== 具 ==
@ with
== 歴史 ==
[[平安時代]]には「屯食」（とんじき）と呼ばれる握り飯があった。海苔を巻くようになったのは[[江戸時代]]のことである。

== 具 ==

@@ 56.400 edit by 浜辺の𠮷田
comment: カテゴリと絵文字 🍙
@ replace
日本の食べ物である。
@ with
日本の食べ物である（🍙）。
@ append

[[Category:米料理]]

@@ 69.100 edit by みどりの風
comment: /* 具 */ 五十音順
@ replace
* 梅干し
* 鮭
* 昆布
* おかか
* ツナマヨネーズ
@ with
* 梅干し
* おかか
* 昆布
* 鮭
* ツナマヨネーズ
