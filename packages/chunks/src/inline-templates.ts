/** A template with its parameters as rendered text. */
export interface TemplateCall {
  /** In lower case, with spaces. */
  readonly name: string
  /** The parameter's text without white space around it; empty when it is not given. */
  readonly value: (key: string) => string
  /** How many positional parameters there are. */
  readonly positionalCount: number
}

export type InlineRule = (call: TemplateCall) => string

/**
 * How to render a template whose text belongs to the sentence or cell it stands in; undefined for all others, which
 * are dropped and counted. One table for all wikis: names of English Wikipedia, which most wikis have too, and common
 * names of others. A change here needs a new `CHUNKER_VERSION`.
 */
export function inlineRuleOf(name: string): undefined | InlineRule {
  return RULES.get(name) ?? (/^(?:lang|ipa)-[a-z-]{2,12}$/.test(name) ? firstOf('1', 'text') : undefined)
}

/** Templates by what they show; names apart by commas. */
const RULES: ReadonlyMap<string, InlineRule> = new Map([
  // Their first parameter, in another shape or with a link.
  ...rules(
    firstOf('1', 'text', 'quote'),
    `abbr, abbreviation, abbrlink, allow wrap, angbr, big, blockquote, bracket, code, cquote, disp, em, flag,
    flagcountry, flagu, iast, ill, interlanguage link, interlanguage link multi, ipa, ipa-all, iw, iw2, kbd, key press,
    keypress, linktext, lq, math, mvar, no italic, nobold, nobr, nobreak, noitalic, nowrap, nowraplinks, pslink, quote,
    quotation, sc, script, sic, slink, small, small caps, smallcaps, smaller, smc, strong, sub, sup, tmath, tooltip, tq,
    tqq, tt, unicode, var, vanchor, visible anchor, xt, !xt, s, nihongo2, asiantitle, citation needed span,
    нобр, нп3, нп5, нп, не переведено, не переведено 3, не переведено 5, цитата, начало цитаты, comment, langr, link-en,
    link-ja, link-de, link-fr, link-ru, le, 仮リンク`,
  ),
  // Code of a language, then the text.
  ...rules(firstOf('2', 'text'), 'lang, langx, lang2, transl, transliteration, font, color, colour'),
  ...rules(firstOf('3', '2'), 'tsl, translink'),
  ...rules(firstOf('2', '3'), 'font color, sort'),
  ...rules(({ value }) => words(value('1'), value('2')), 'sortname, hs'),
  ...rules(firstOf('2', '1'), 'url, official url, official website, webarchive link, oweb'),
  // Numbers, units, dates.
  ...rules(convert, 'convert, cvt, conv'),
  ...rules(({ value }) => `As of ${datePart(value, ' ')}`, 'as of, asof'),
  ...rules(({ value }) => `c. ${joined(value, ['1', '2'], '–')}`, 'circa, c., ca.'),
  ...rules(
    ({ value }) => datePart(value, '-'),
    'start date, end date, date, dts, start-date, film date, launch date',
  ),
  ...rules(
    ({ value }) => joined(value, ['1', '2', '3'], '-'),
    `birth date, birth date and age, bda, dob, death date, birth-date, death-date, start date and age, end date and age,
    birth year and age, birth-date and age, death-date and age, дата рождения, дата смерти, release date`,
  ),
  ...rules(({ value }) => joined(value, ['1', '2', '3'], '-'), 'death date and age, dda, death year and age'),
  ...rules(({ value }) => value('1') + value('2'), 'val, gaps, num, число'),
  ...rules(
    firstOf('1'),
    'formatnum, nts, fmtn, formatprice, format price, currency, increase, decrease, steady, gain',
  ),
  ...rules(fraction, 'frac, fraction, sfrac, дробь'),
  ...rules(({ value }) => `${value('1')}%`, 'percentage, pct'),
  ...rules(({ value }) => `$${value('1')}`, 'us$, usd, us dollar'),
  ...rules(({ value }) => `€${value('1')}`, 'euro, eur'),
  ...rules(({ value }) => `£${value('1')}`, 'gbp, pound sterling, £'),
  ...rules(({ value }) => `₹${value('1')}`, 'inr, indian rupee, ₹'),
  ...rules(({ value }) => `¥${value('1')}`, 'jpy, cny, ¥'),
  ...rules(({ value }) => value('1').replace('.', ' ft '), 'height, hauteur'),
  // Lists in a cell or a parameter.
  ...rules(
    ({ value, positionalCount }) => itemsOf(joined(value, positions(positionalCount), '\n')),
    `hlist, flatlist, plainlist, plain list, ubl, ubil, unbulleted list, ublist, bulleted list, ordered list, cslist,
    comma separated entries, br separated entries, collapsible list, blist, unbulletedlist, flat list, div col, columns-list`,
  ),
  // Names in several scripts.
  ...rules(
    ({ value }) => words(value('1'), parenthesised(value('2'), value('3'))),
    'nihongo, nihongo foot, nihongo3, korean, ruby, ruby-ja',
  ),
  ...rules(
    ({ value }) => joined(value, ['c', 's', 't', 'p', 'j', 'l', '1'], ', '),
    'zh, zh-full, lang-zh, lang-zh-full, zhi, lang-zhi',
  ),
  // Signs.
  ...rules(() => ' – ', 'snd, spnd, spaced ndash, spaced en dash'),
  ...rules(() => '–', 'ndash, en dash, –'),
  ...rules(() => '—', 'mdash, em dash, —'),
  ...rules(() => ' · ', '·, dot, middot, bull, bullet, •, ·wrap, dot separator'),
  ...rules(() => '|', '!'),
  ...rules(() => '=', '='),
  ...rules(
    () => ' ',
    'nbsp, thinsp, thin space, space, spaces, sp, br, break, -, clear, pad, hair space, zwsp, wbr',
  ),
  ...rules(() => 'Yes', 'yes, y, ya, tick, check'),
  ...rules(() => 'No', 'no, n, nay, cross, x mark'),
  ...rules(({ value }) => `[${value('1')}]`, 'bracket text, interp'),
  ...rules(() => "'", "', apostrophe, okina"),
  ...rules(() => '−', 'minus, −'),
  // Notes and marks of editors: no part of the text, nothing that a reader would miss.
  ...rules(
    () => '',
    `anchor, anchors, sfn, sfnp, sfnm, efn, efn-ua, refn, r, rp, note, ref, ref label, note label, cn, fact, citation needed,
    source?, dubious, clarify, when, who, by whom, which, according to whom, better source needed, failed verification,
    page needed, verify source, update inline, dead link, webarchive, flagicon, flag icon, sups, main other, no source,
    нет аи, что, кто, когда, уточнить, нет в источнике, мёртвая ссылка, проверено, sic note, fn, ref-en, ref-ru,
    reflist, notelist, references, defaultsort, shy, nowrap begin, nowrap end, nobr begin, nobr end, div col end, col end,
    div col start, col begin, col div end`,
  ),
])

function rules(rule: InlineRule, names: string): readonly (readonly [string, InlineRule])[] {
  return names.split(',').map((name) => [name.trim(), rule] as const)
}

type Value = TemplateCall['value']

function firstOf(...keys: readonly string[]): InlineRule {
  return ({ value }) => value(keys.find((key) => value(key) !== '') ?? '')
}

/** `{{convert|5|km|mi}}` → `5 km`; `{{convert|5|to|6|km}}` → `5 to 6 km`. The conversion itself is left out. */
function convert({ value, positionalCount }: TemplateCall): string {
  const shown: string[] = []
  for (const key of positions(Math.min(positionalCount, 7))) {
    const part = value(key)
    shown.push(CONVERT_WORDS.get(part) ?? part)
    const isUnit = shown.length > 1 && !/^[\d.,+\-−–/ ]+$/.test(part) && !CONVERT_WORDS.has(part)
    if (isUnit) break
  }
  return words(...shown)
}

/** Between two numbers of `{{convert}}`. */
const CONVERT_WORDS: ReadonlyMap<string, string> = new Map([
  ['-', '–'],
  ['–', '–'],
  ['to', 'to'],
  ['and', 'and'],
  ['or', 'or'],
  ['x', '×'],
  ['by', 'by'],
  ['×', '×'],
  ['+', '+'],
  ['+/-', '±'],
  ['±', '±'],
])

/** `{{frac|1|2}}` → `1/2`, `{{frac|3|1|2}}` → `3 1/2`. */
function fraction({ value, positionalCount }: TemplateCall): string {
  if (positionalCount === 1) return `1/${value('1')}`
  if (positionalCount === 2) return `${value('1')}/${value('2')}`
  return `${value('1')} ${value('2')}/${value('3')}`
}

/** Year, month and day, as given. */
function datePart(value: Value, separator: string): string {
  return joined(value, ['1', '2', '3'], separator)
}

function joined(value: Value, keys: readonly string[], separator: string): string {
  return keys
    .map(value)
    .filter((part) => part !== '')
    .join(separator)
}

/** Lines, which may be items of a list, as one line. */
function itemsOf(lines: string): string {
  return lines
    .split('\n')
    .map((line) => line.replace(/^[ \t]{0,20}[*#]{0,5}/, '').trim())
    .filter((item) => item !== '')
    .join(', ')
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ')
}

function parenthesised(...parts: readonly string[]): string {
  const shown = parts.filter((part) => part !== '').join(', ')
  return shown === '' ? '' : `(${shown})`
}

function positions(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1))
}
