import { CommandError } from './errors.ts'
import { freshetCommand } from './freshet-command.ts'
import { inkFor } from './terminal.ts'

// Whoever reads may stop before the end, such as `head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

const terminal = {
  ink: inkFor(process.stdout, process.env),
  write: (text: string) => void process.stdout.write(text),
  writeError: (text: string) => void process.stderr.write(text),
}

try {
  await freshetCommand(terminal).parseAsync()
} catch (error) {
  if (!(error instanceof CommandError)) throw error
  terminal.writeError(`error: ${error.message}\n`)
  process.exitCode = 1
}
