import {
  type EditSource,
  type IngestSettings,
  openConfiguredSource,
  openEditSource,
  WIKIPEDIA_URL,
} from '@freshet/ingest'
import { SAMPLE_WIKI_RECORDING_PATH } from '../sample-wiki/recording-path.ts'

const PROBE_TIMEOUT_MS = 5_000

export interface SourceChoice {
  /** Undefined: edits come by HTTP only. */
  readonly source: EditSource | undefined
  /** One sentence for the person who started the program. */
  readonly reason: string
}

/** What was asked for; when nothing was, live Wikipedia, or the sample wiki when Wikimedia cannot be reached. */
export async function chooseSource(settings: IngestSettings): Promise<SourceChoice> {
  if (settings.source === 'sample') return sample(settings, 'The sample wiki plays, in a loop.')
  if (settings.source === undefined) {
    const failure = await probe(WIKIPEDIA_URL, settings.userAgent)
    if (failure !== undefined) {
      return sample(
        settings,
        `Wikimedia cannot be reached (${failure}), so the sample wiki plays, in a loop.`,
      )
    }
  }
  const source = openConfiguredSource(settings)
  return {
    source,
    reason: source === undefined ? 'No source: edits come by HTTP only.' : `Reading ${source.name}`,
  }
}

/** At the pace that it was told in, for ever, so that there is always something to see. */
function sample(settings: IngestSettings, reason: string): SourceChoice {
  const playing: IngestSettings = { ...settings, pace: 1, loop: true, wikis: [] }
  return { source: openEditSource(SAMPLE_WIKI_RECORDING_PATH, playing), reason }
}

/** Why the stream does not answer; undefined when it does. */
async function probe(url: string, userAgent: string): Promise<string | undefined> {
  const connection = new AbortController()
  const signal = AbortSignal.any([connection.signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)])
  try {
    const response = await fetch(url, { headers: { 'user-agent': userAgent }, signal })
    return response.ok ? undefined : `it answers ${response.status}`
  } catch (error) {
    const { cause, message } = error as Error
    return cause instanceof Error ? cause.message : message
  } finally {
    connection.abort()
  }
}
