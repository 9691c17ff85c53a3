import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { NoKafkaError } from './no-kafka-error.ts'

const run = promisify(execFile)
const POM = join(import.meta.dirname, 'pom.xml')
const JAVA_MIN = 17

/**
 * The folder that holds the broker's jars (43 MB), fetched by Maven at the first call on a machine, into the user's cache.
 * Rejects with `NoKafkaError` where Java or Maven is missing.
 */
export async function kafkaJars(): Promise<string> {
  await checkJava()
  const pom = await readFile(POM)
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'freshet')
  const folder = join(cache, `kafka-jars-${createHash('sha256').update(pom).digest('hex').slice(0, 12)}`)
  if (await exists(folder)) return folder
  await mkdir(cache, { recursive: true })
  await fetchInto(cache, folder)
  return folder
}

/** Under another name at first, so that a fetch that was broken off leaves nothing that looks complete. */
async function fetchInto(cache: string, folder: string): Promise<void> {
  const work = await mkdtemp(join(cache, 'fetching-'))
  try {
    await cp(POM, join(work, 'pom.xml'))
    const goal = ['dependency:copy-dependencies', '-DoutputDirectory=jars', '-DincludeScope=runtime']
    await run('mvn', ['-q', '-B', ...goal], { cwd: work }).catch((error: Error) => {
      throw new NoKafkaError('Maven is not installed, or could not fetch the jars of Kafka', { cause: error })
    })
    await rename(join(work, 'jars'), folder).catch(async (error: Error) => {
      // Another process was faster.
      if (!(await exists(folder))) throw error
    })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

async function checkJava(): Promise<void> {
  const { stderr } = await run('java', ['-version']).catch(() => ({ stderr: '' }))
  const version = Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0)
  if (version < JAVA_MIN) throw new NoKafkaError(`Java ${JAVA_MIN} or newer is not installed`)
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
