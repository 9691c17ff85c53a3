import { Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'

/**
 * The settings of one part of Freshet: a zod object whose members have a default and a description. The same object
 * is read from the environment and the command line, and makes the help text and the table in the README.
 *
 * A setting `dataDir` of the group `FRESHET` is the variable `FRESHET_DATA_DIR` and the option `--data-dir`; the option
 * wins. Option names are unique over all groups of a program.
 */
export interface SettingsGroup<S extends z.ZodObject = z.ZodObject> {
  readonly prefix: string
  readonly schema: S
}

export interface Setting {
  readonly name: string
  readonly variable: string
  readonly option: string
  readonly description: string
  /** As a person would type it; empty when there is none. */
  readonly default: string
  readonly isSwitch: boolean
}

/** All mistakes in the settings at once, one line each. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

export function settingsOf(group: SettingsGroup): Setting[] {
  return Object.entries(group.schema.shape).map(([name, schema]) => {
    const type = z.toJSONSchema(schema as z.ZodType, { io: 'input', unrepresentable: 'any' })
    return {
      name,
      variable: `${group.prefix}_${name.replaceAll(/[A-Z]/g, '_$&').toUpperCase()}`,
      option: `--${name.replaceAll(/[A-Z]/g, '-$&').toLowerCase()}`,
      description: type.description ?? '',
      default: type.default === undefined ? '' : String(type.default),
      isSwitch: type.type === 'boolean',
    }
  })
}

/**
 * The values of all groups of a program, from the command line and the environment.
 *
 * @throws SettingsError with every mistake in every group
 */
export function readSettings<G extends Readonly<Record<string, SettingsGroup>>>(
  groups: G,
  environment: Readonly<Record<string, string | undefined>>,
  options: Readonly<Record<string, unknown>>,
): { readonly [K in keyof G]: z.output<G[K]['schema']> } {
  const mistakes: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, group] of Object.entries(groups)) {
    const texts = textsOf(group, environment, options)
    const parsed = group.schema.safeParse(texts)
    if (parsed.success) values[name] = parsed.data
    else mistakes.push(...parsed.error.issues.map((issue) => mistakeIn(group, texts, issue)))
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes.join('\n'))
  return values as { [K in keyof G]: z.output<G[K]['schema']> }
}

function textsOf(
  group: SettingsGroup,
  environment: Readonly<Record<string, string | undefined>>,
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const texts: Record<string, unknown> = {}
  for (const setting of settingsOf(group)) {
    const text = options[setting.name] ?? environment[setting.variable]
    if (text === undefined || text === '') continue
    texts[setting.name] = setting.isSwitch ? switchOf(text) : text
  }
  return texts
}

function switchOf(text: unknown): unknown {
  if (text === true || text === 'true' || text === '1') return true
  if (text === 'false' || text === '0') return false
  return text
}

function mistakeIn(group: SettingsGroup, texts: Record<string, unknown>, issue: z.core.$ZodIssue): string {
  const setting = settingsOf(group).find(({ name }) => name === issue.path[0])
  if (setting === undefined) return issue.message
  return `${setting.option} (${setting.variable}) is ${JSON.stringify(texts[setting.name])}: ${issue.message}`
}

/** A command with one option for each setting; its `opts()` go into `readSettings`. */
export function commandWith(name: string, description: string, groups: readonly SettingsGroup[]): Command {
  const command = new Command(name).description(description).configureHelp({ showGlobalOptions: true })
  for (const setting of groups.flatMap(settingsOf)) {
    const value = setting.isSwitch ? '' : ' <value>'
    const standing = setting.default === '' ? '' : ` (default: ${setting.default})`
    command.option(
      `${setting.option}${value}`,
      `${setting.description}${standing} [${setting.variable}]`,
      once,
    )
  }
  return command
}

function once(value: string, previous: string | undefined): string {
  if (previous !== undefined) throw new InvalidArgumentError('It is given twice.')
  return value
}

/** The settings as a Markdown table, for the README. */
export function settingsTable(groups: readonly SettingsGroup[]): string {
  const rows = groups
    .flatMap(settingsOf)
    .map((setting) => [
      `\`${setting.option}\``,
      `\`${setting.variable}\``,
      setting.default,
      setting.description,
    ])
  return [['option', 'variable', 'default', 'what it does'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
}
