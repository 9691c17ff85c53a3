wiki: zhsample
language: zh
page: 81
namespace: 0
title: 茶
item: Q6097

@@ 3.900 create by 青山夜雨
comment: 建立条目
@ text
'''茶'''是用茶树的嫩叶或芽制成的饮料，起源于中国，如今是世界上除水以外饮用最多的饮料。

== 分类 ==
{| class="wikitable"
! 种类 !! 发酵程度 !! 代表
|-
| 绿茶 || 不发酵 || 龙井
|-
| 乌龙茶 || 半发酵 || 铁观音
|-
| 红茶 || 不发酵 || 祁门红茶
|}

@@ 13.300 edit by 192.0.2.9
comment: 红茶是全发酵的
@ replace
| 红茶 || 不发酵 || 祁门红茶
@ with
| 红茶 || 全发酵 || 祁门红茶

@@ 24.900 edit by 茶山客
comment: /* 分类 */ 补充白茶和黑茶
@ replace
|-
| 乌龙茶 || 半发酵 || 铁观音
@ with
|-
| 白茶 || 微发酵 || 白毫银针
|-
| 乌龙茶 || 半发酵 || 铁观音
@ replace
| 红茶 || 全发酵 || 祁门红茶
@ with
| 红茶 || 全发酵 || 祁门红茶
|-
| 黑茶 || 后发酵 || 普洱熟茶

@@ 39.800 edit by 青山夜雨
comment: /* 历史 */ 陆羽
@ replace
== 分类 ==
@ with
== 历史 ==
唐代的[[陆羽]]著有《[[茶经]]》，是现存最早的茶学专著，分为三卷十章。

== 分类 ==

@@ 54.300 edit by 茶山客
comment: /* 冲泡 */ 新段落
@ append

== 冲泡 ==
绿茶宜用约80 °C的水，红茶和黑茶则用沸水。

@@ 66.700 edit by 整理Bot
comment: 机器人：添加分类
minor: yes
@ append

[[Category:饮料]]
[[Category:茶]]
