import { describe, expect, it } from 'vitest'
import { parsePageStory, StoryError } from './page-story.ts'
import { ToldPage } from './told-page.ts'
import { ToldWiki } from './told-wiki.ts'

const HEAD = 'wiki: ensample\nlanguage: en\npage: 1\nnamespace: 0\ntitle: Kettle\n'
const CREATION = '\n@@ 0.000 create by Fern\ncomment: new\n@ text\n\n@home is a line.\na kettle\n\n'

describe('a page story', () => {
  it('keeps a text as it is written, but for the line breaks at its end', () => {
    expect(lastTextOf(CREATION)).toBe('\n@home is a line.\na kettle')
  })

  it('changes what is replaced and appends the rest', () => {
    const edit = '@@ 1.500 edit by Fern\n@ replace\na kettle\n@ with\nthe kettle\n@ append\n\n== Use ==\n'

    expect(lastTextOf(CREATION + edit)).toBe('\n@home is a line.\nthe kettle\n\n== Use ==')
  })

  it.each([
    ['an act without a performer', '@@ 1.000 edit\n', 'an act is "@@ SECONDS KIND by NAME"'],
    ['a line that is no field', '@@ 1.000 delete by Fern\nbecause\n', '"because" is not "name: value"'],
    ['a missing field', '@@ 1.000 move by Fern\n', '"to: …" is missing'],
    ['an edit without a text', '@@ 1.000 edit by Fern\n', 'an edit has an "@ text"'],
    ['a replacement without an end', '@@ 1.000 edit by Fern\n@ replace\na kettle\n', 'comes "@ with"'],
    ['an unknown block', '@@ 1.000 edit by Fern\n@ prepend\na\n', 'there is no "@ prepend"'],
    [
      'a text that is not there',
      '@@ 1.000 edit by Fern\n@ replace\npot\n@ with\npan\n',
      'is not there:\npot',
    ],
    [
      'a text that is there twice',
      '@@ 1.000 edit by Fern\n@ replace\nke\n@ with\nKe\n@ replace\nt\n@ with\nT\n',
      'more than once:\nt',
    ],
    ['a revision that does not exist', '@@ 1.000 hide by Fern\nhides: 2\n', 'there is no revision 2'],
  ])('is refused for %s', (_name, act, message) => {
    expect(() => lastTextOf(CREATION + act)).toThrow(StoryError)
    expect(() => lastTextOf(CREATION + act)).toThrow('kettle.story, "@@ 1.000')
    expect(() => lastTextOf(CREATION + act)).toThrow(message)
  })
})

function lastTextOf(acts: string) {
  const story = parsePageStory(HEAD + acts, 'kettle.story')
  const page = new ToldPage(story, new ToldWiki())
  return story.acts.flatMap((act) => page.tell(act)).at(-1)?.text
}
