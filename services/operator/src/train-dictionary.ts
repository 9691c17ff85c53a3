import { DICTIONARY_BYTES, trainDictionary } from '@freshet/dictionary'
import { sampleChanges } from '@freshet/fanout'
import { parseParts } from '@freshet/protocol'
import { COMMAND_SETTINGS, LOG_SETTINGS, openLog, runProgram, type SettingsGroup } from '@freshet/service'
import { z } from 'zod'
import { logger } from './logger.ts'
import { publishDictionary } from './publish-dictionary.ts'

const KIB = 1024
const RECORDS_MAX = 20_000
/** A hundred times the size of the default dictionary, and as much again. */
const SAMPLES_BYTES_MAX = 4 * KIB * KIB

const TRAIN_SETTINGS = {
  prefix: 'TRAIN',
  schema: z.object({
    parts: z
      .string()
      .default('core,diff')
      .transform((names) => parseParts(names.split(',').map((name) => name.trim())))
      .describe('The parts that partners ask for, who are to use it.'),
    dictionaryBytes: z.coerce
      .number()
      .int()
      .min(DICTIONARY_BYTES.min)
      .max(DICTIONARY_BYTES.max)
      .default(16 * KIB)
      .describe('Largest size. A larger one seldom makes changes smaller, and costs more for each.'),
    url: z
      .url()
      .default('http://127.0.0.1:8080')
      .describe('Where it is published: the running Freshet, or ingest where that is a process of its own.'),
    dryRun: z.boolean().default(false).describe('Say how good it would be, and publish nothing.'),
  }),
} satisfies SettingsGroup

await runProgram({
  name: 'train-dictionary',
  description:
    'Makes a compression dictionary from the newest changes of the log, says how much smaller other changes become ' +
    'with it, and publishes it through the running Freshet. The log may be in use.',
  groups: { process: COMMAND_SETTINGS, log: LOG_SETTINGS, train: TRAIN_SETTINGS },
  loggers: [logger],
  async run({ process: { dataDir }, log: logSettings, train }, signal) {
    await using log = await openLog({ settings: logSettings, dataDir, mode: 'read', logger })
    const sampling = { log, parts: train.parts, recordsMax: RECORDS_MAX, bytesMax: SAMPLES_BYTES_MAX }
    const samples = await sampleChanges(sampling, signal)
    const bytes = samples.reduce((sum, sample) => sum + sample.bytes.length, 0)
    report(`read ${samples.length} changes with ${train.parts.join(', ')}: ${Math.round(bytes / KIB)} KiB`)
    const dictionary = trainDictionary(samples, {
      bytesMax: train.dictionaryBytes,
      onTried: ({ segmentBytes, uncompressed, withDictionary }) =>
        report(`segments of ${segmentBytes} bytes: ${times(uncompressed / withDictionary)} smaller`),
    })
    const { uncompressed, withDictionary, withoutDictionary } = dictionary.heldOut
    const [ratio, ratioWithout] = [uncompressed / withDictionary, uncompressed / withoutDictionary]
    report(
      `${dictionary.bytes.length} bytes make changes of pages that they were not made from ${times(ratio)} smaller; ` +
        `without a dictionary: ${times(ratioWithout)}`,
    )
    if (train.dryRun) return
    const { bytes: content } = dictionary
    const published = await publishDictionary(train.url, { content, parts: train.parts, ratio, ratioWithout })
    process.stdout.write(`${published}\n`)
  },
})

function times(ratio: number): string {
  return `${ratio.toFixed(2)} times`
}

function report(line: string): void {
  process.stderr.write(`${line}\n`)
}
