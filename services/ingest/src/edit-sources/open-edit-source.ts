import { systemClock } from '../clock.ts'
import type { IngestSettings } from '../config.ts'
import type { EditSource } from './edit-source.ts'
import { EventStreamsSource } from './event-streams-source.ts'
import { RecordingSource } from './recording-source.ts'
import { XmlExportSource } from './xml-export-source.ts'

const BACK_OFF = { initialMs: 1_000, maxMs: 60_000 }
const XML_EXPORT = /\.xml(\.gz|\.bz2)?$/i

/** The source at a place: an EventStreams URL, a MediaWiki XML export, or a recording. */
export function openEditSource(place: string, settings: IngestSettings): EditSource {
  const { wikis: list, pace, loop, userAgent, livenessTimeoutMs } = settings
  const wikis = list.length === 0 ? undefined : new Set(list)
  if (/^https?:\/\//.test(place)) {
    return new EventStreamsSource({
      url: place,
      userAgent,
      wikis,
      livenessTimeoutMs,
      backOff: BACK_OFF,
      clock: systemClock,
      random: Math.random,
    })
  }
  if (XML_EXPORT.test(place)) return new XmlExportSource({ path: place, wikis })
  const factor = pace === 'max' ? 'as-fast-as-possible' : pace
  return new RecordingSource({ path: place, pace: factor, loop, wikis, clock: systemClock })
}

export const WIKIPEDIA_URL = 'https://stream.wikimedia.org/v2/stream/mediawiki.page_change.v1'

/** The source that the settings name: live Wikipedia when they name none, undefined for "none". */
export function openConfiguredSource(settings: IngestSettings): EditSource | undefined {
  return settings.source === 'none' ? undefined : openEditSource(settings.source ?? WIKIPEDIA_URL, settings)
}
