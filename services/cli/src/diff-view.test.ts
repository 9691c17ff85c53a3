import { alignTexts } from '@freshet/diff'
import { describe, expect, it } from 'vitest'
import { diffView } from './diff-view.ts'
import { COLOURED_INK, type Ink, PLAIN_INK } from './ink.ts'

function view(base: string, text: string, ink: Ink = PLAIN_INK): string {
  return `\n${diffView(alignTexts(base, text), { old: 'old', new: 'new' }, ink)}`
}

const LINES = Array.from({ length: 20 }, (_, line) => `Line ${line} says what a line says, at some length.`)
const TEXT = `${LINES.join('\n')}\n`

describe('the view of a diff', () => {
  it('shows lines that differ with three around them, and marks the words', () => {
    const edited = TEXT.replace('Line 4 says', 'Line 4 shouts')
      .replace(`${LINES[15]}\n`, '')
      .replace('Line 18', 'New.\nLine 18')
    expect(view(TEXT, edited)).toMatchInlineSnapshot(`
      "
      --- old
      +++ new
      @@ -2,7 +2,7 @@
       Line 1 says what a line says, at some length.
       Line 2 says what a line says, at some length.
       Line 3 says what a line says, at some length.
      -Line 4 [-says-] what a line says, at some length.
      +Line 4 {+shouts+} what a line says, at some length.
       Line 5 says what a line says, at some length.
       Line 6 says what a line says, at some length.
       Line 7 says what a line says, at some length.
      @@ -13,8 +13,8 @@
       Line 12 says what a line says, at some length.
       Line 13 says what a line says, at some length.
       Line 14 says what a line says, at some length.
      -Line 15 says what a line says, at some length.
       Line 16 says what a line says, at some length.
       Line 17 says what a line says, at some length.
      +New.
       Line 18 says what a line says, at some length.
       Line 19 says what a line says, at some length.
      1 added, 1 gone, 1 edited, 0 moved
      "
    `)
  })

  it('shows a moved block where it came to, with what was edited in it', () => {
    const block = `${LINES.slice(2, 5).join('\n')}\n`
    const moved = TEXT.replace(block, '').replace(
      `${LINES[12]}\n`,
      `${LINES[12]}\n${block.replace('Line 3 says', 'Line 3 cries')}`,
    )
    expect(view(TEXT, moved)).toMatchInlineSnapshot(`
      "
      --- old
      +++ new
      @@ -1,8 +1,5 @@
       Line 0 says what a line says, at some length.
       Line 1 says what a line says, at some length.
      < 3 lines moved to line 11
       Line 5 says what a line says, at some length.
       Line 6 says what a line says, at some length.
       Line 7 says what a line says, at some length.
      @@ -11,6 +8,9 @@
       Line 10 says what a line says, at some length.
       Line 11 says what a line says, at some length.
       Line 12 says what a line says, at some length.
      > 3 lines moved from line 3
      >Line 2 says what a line says, at some length.
      >Line 3 [-says-]{+cries+} what a line says, at some length.
      >Line 4 says what a line says, at some length.
       Line 13 says what a line says, at some length.
       Line 14 says what a line says, at some length.
       Line 15 says what a line says, at some length.
      0 added, 0 gone, 0 edited, 3 moved
      "
    `)
  })

  it('marks Arabic, Thai, Chinese and emoji by whole words and characters', () => {
    const base =
      'الثلج يذوب في الربيع\nหิมะละลายในฤดูใบไม้ผลิ\n東京は日本の首都である。\nA family 👩‍👩‍👧 and a flag 🇫🇮, cafe\u0301.\n'
    const text =
      'الثلج يسقط في الشتاء\nหิมะตกในฤดูหนาว\n京都は日本の都市である。\nA family 👨‍👩‍👧 and a flag 🇸🇪, cafe.\n'
    expect(view(base, text)).toMatchInlineSnapshot(`
      "
      --- old
      +++ new
      @@ -1,4 +1,4 @@
      -الثلج [-يذوب-] في [-الربيع-]
      +الثلج {+يسقط+} في {+الشتاء+}
      -หิมะละลายในฤดูใบไม้ผลิ
      -東京は日本の首都である。
      +หิมะตกในฤดูหนาว
      +京都は日本の都市である。
      -A family [-👩‍👩‍👧-] and a flag [-🇫🇮-], [-café-].
      +A family {+👨‍👩‍👧+} and a flag {+🇸🇪+}, {+cafe+}.
      2 added, 2 gone, 2 edited, 0 moved
      "
    `)
  })

  it('tells of the newline at the end', () => {
    expect(view('a\nb\n', 'a\nb')).toMatchInlineSnapshot(`
      "
      --- old
      +++ new
      @@ -1,2 +1,2 @@
       a
       b
      \\ the newline at the end is gone
      0 added, 0 gone, 0 edited, 0 moved
      "
    `)
    expect(view('a\nb', 'a\nb\n')).toMatchInlineSnapshot(`
      "
      --- old
      +++ new
      @@ -1,2 +1,2 @@
       a
       b
      \\ a newline at the end is added
      0 added, 0 gone, 0 edited, 0 moved
      "
    `)
  })

  it('shows a page that is created, and one that is blanked', () => {
    expect(view('', 'a\nb\n')).toMatchInlineSnapshot(`
      "
      --- old
      +++ new
      @@ -0,0 +1,2 @@
      +a
      +b
      2 added, 0 gone, 0 edited, 0 moved
      "
    `)
    expect(view('a\nb\n', '')).toMatchInlineSnapshot(`
      "
      --- old
      +++ new
      @@ -1,2 +0,0 @@
      -a
      -b
      0 added, 2 gone, 0 edited, 0 moved
      "
    `)
  })

  it('says when there is no difference', () => {
    expect(view(TEXT, TEXT)).toBe('\nThe texts are the same.\n')
  })

  it('lets no control character through to the terminal', () => {
    expect(
      view('plain\n', 'plain\n\u001b[31mred\u0007\r\n\u202eturned\u202c\u2028\u0085\u007f\ttab\n'),
    ).toMatchInlineSnapshot(`
      "
      --- old
      +++ new
      @@ -1,1 +1,3 @@
       plain
      +␛[31mred␇␍
      +\\u202eturned\\u202c\\u2028\\u0085␡	tab
      2 added, 0 gone, 0 edited, 0 moved
      "
    `)
  })

  it('in colours says the same without marks', () => {
    const coloured = view('Rain falls down.\n', 'Rain falls softly.\n', COLOURED_INK)
    expect(coloured.replaceAll('\u001b', '␛')).toMatchInlineSnapshot(`
      "
      ␛[36m--- old␛[39m
      ␛[36m+++ new␛[39m
      ␛[36m@@ -1,1 +1,1 @@␛[39m
      ␛[31m-␛[39m␛[31mRain falls ␛[39m␛[7m␛[31mdown␛[39m␛[27m␛[31m.␛[39m
      ␛[32m+␛[39m␛[32mRain falls ␛[39m␛[7m␛[32msoftly␛[39m␛[27m␛[32m.␛[39m
      ␛[2m0 added, 0 gone, 1 edited, 0 moved␛[22m
      "
    `)
  })
})
