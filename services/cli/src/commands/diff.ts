import { alignTexts, diffOf, patchOf } from '@freshet/diff'
import { Command } from 'commander'
import { diffView } from '../diff-view.ts'
import { readTextFile } from '../read-text-file.ts'
import type { Terminal } from '../terminal.ts'

interface Options {
  readonly json?: true
  readonly patch?: true
}

/** `freshet diff OLD NEW` */
export function diffCommand(terminal: Terminal): Command {
  return new Command('diff')
    .description(
      'Shows what turns one text into another, line by line and word by word, with blocks that moved.',
    )
    .argument('<old>', 'file with the text before')
    .argument('<new>', 'file with the text after')
    .option('--json', 'print the structured diff, as the part "diff" has it')
    .option('--patch', 'print a unified diff, for patch and git apply')
    .action(async (oldPath: string, newPath: string, { json, patch }: Options, command: Command) => {
      if (json && patch) command.error('error: --json and --patch exclude each other')
      const [base, text] = await Promise.all([readTextFile(oldPath), readTextFile(newPath)])
      const alignment = alignTexts(base, text)
      if (json) terminal.write(`${JSON.stringify(diffOf(alignment))}\n`)
      else if (patch) terminal.write(patchOf(alignment.lines, { oldName: oldPath, newName: newPath }))
      else terminal.write(diffView(alignment, { old: oldPath, new: newPath }, terminal.ink))
    })
}
