import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { commandWith, readSettings, SettingsError, settingsTable } from './settings.ts'

const group = {
  prefix: 'DEMO',
  schema: z.object({
    dataDir: z.string().default('data').describe('Where it is kept.'),
    port: z.coerce.number().int().max(65_535).default(8080).describe('The port.'),
    loop: z.boolean().default(false).describe('Begin again at the end.'),
    source: z.string().optional().describe('A file.'),
  }),
}

describe('settings', () => {
  it('takes the option before the variable before the default', () => {
    const environment = { DEMO_DATA_DIR: 'from-environment', DEMO_PORT: '1' }
    expect(readSettings({ group }, environment, { port: '2' }).group).toEqual({
      dataDir: 'from-environment',
      port: 2,
      loop: false,
    })
  })

  it('reads a switch from the environment and from a bare option', () => {
    expect(readSettings({ group }, { DEMO_LOOP: '1' }, {}).group.loop).toBe(true)
    const command = commandWith('demo', 'A demo.', [group]).parse(['--loop'], { from: 'user' })
    expect(readSettings({ group }, {}, command.opts()).group.loop).toBe(true)
  })

  it('reports all mistakes at once, by the names a person typed', () => {
    const other = { prefix: 'OTHER', schema: z.object({ pace: z.coerce.number().default(1) }) }
    const environment = { DEMO_PORT: '70000', DEMO_LOOP: 'maybe', OTHER_PACE: 'slow' }
    const read = () => readSettings({ group, other }, environment, {})
    expect(read).toThrow(SettingsError)
    expect(read).toThrow(/--port \(DEMO_PORT\) is "70000".*\n.*--loop \(DEMO_LOOP\) is "maybe".*\n.*--pace/)
  })

  it('tells every setting in the help and in the table', () => {
    const help = commandWith('demo', 'A demo.', [group]).helpInformation()
    const table = settingsTable([group])
    for (const name of ['--data-dir', '--port', '--loop', '--source']) {
      expect(help).toContain(name)
      expect(table).toContain(`\`${name}\``)
    }
    expect(table).toContain('| `--port` | `DEMO_PORT` | 8080 | The port. |')
  })
})
