const CONTROL_PICTURES = 0x2400
const DELETE = 0x7f
const DELETE_PICTURE = '\u2421'

/**
 * Control characters, which a terminal would act on, and those that turn the direction of text: escape sequences in a
 * file must not reach it. Tabs stay.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNSEEN = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g

/** A line as it can be shown: what would not be seen is shown by a picture (␍) or its number (\u202e). */
export function visible(line: string): string {
  return line.replaceAll(UNSEEN, (character) => {
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(CONTROL_PICTURES + code)
    return code === DELETE ? DELETE_PICTURE : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
