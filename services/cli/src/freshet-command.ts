import { Command } from 'commander'
import { chunksCommand } from './commands/chunks.ts'
import { diffCommand } from './commands/diff.ts'
import type { Terminal } from './terminal.ts'

/** `freshet`: looks at local files as partners get to see pages. */
export function freshetCommand(terminal: Terminal): Command {
  const command = new Command('freshet')
    .description('Looks at texts as Freshet tells of them: what an edit did, and which chunks it changed.')
    .addCommand(diffCommand(terminal))
    .addCommand(chunksCommand(terminal))
  const output = {
    writeOut: (text: string) => terminal.write(text),
    writeErr: (text: string) => terminal.writeError(text),
  }
  for (const each of [command, ...command.commands])
    each.configureOutput(output).showHelpAfterError('(--help tells more)')
  return command
}
