/** A log that the whole program is run on. */
export interface TestLog {
  readonly name: string
  /** Why it cannot be had on this machine; undefined where it can. */
  readonly missing: string | undefined
  /** Options of the program; what belongs to one data directory has names of its own in a shared log. */
  readonly optionsFor: (dataDir: string) => readonly string[]
}

export const EMBEDDED: TestLog = { name: 'the embedded log', missing: undefined, optionsFor: () => [] }

export function kafkaAt(brokers: readonly string[]): TestLog['optionsFor'] {
  return (dataDir) => [
    ...['--log', 'kafka', '--kafka-brokers', brokers.join(',')],
    ...['--kafka-topic-prefix', `${dataDir.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(1)}.`],
  ]
}
