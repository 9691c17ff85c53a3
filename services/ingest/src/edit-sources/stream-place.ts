import { z } from 'zod'
import { PositionError } from './edit-source-error.ts'

const partitionSchema = z.object({
  topic: z.string().min(1),
  partition: z.int().nonnegative(),
  /** Next to read, as the server said: of Wikimedia the time of the last event and a millisecond. */
  timestamp: z.int().optional(),
  /** Next to read, or -1 for a partition of which no event was seen yet. */
  offset: z.int().min(-1).optional(),
  /** The last event that was passed on. */
  last: z.object({ offset: z.int().nonnegative(), eventId: z.string(), dt: z.string() }).optional(),
})
type PartitionPlace = z.infer<typeof partitionSchema>

const placeSchema = z.array(partitionSchema)

const metaSchema = z.object({
  topic: z.string(),
  partition: z.int().nonnegative(),
  offset: z.int().nonnegative().optional(),
  id: z.string().optional(),
  dt: z.string().optional(),
})
type EventMeta = z.infer<typeof metaSchema>

/**
 * How far times may run back against the order of events; within one partition Wikimedia's were seen to by 8 seconds.
 * An event that is newer than the last one by more than this is taken as new, whatever its offset.
 */
const DISORDER_MS_MAX = 60_000

/**
 * How far a stream of several partitions was read, and how to go on from there without losing an event.
 *
 * An event's id says for each partition what is next to read, and Wikimedia says it in time: the time of the last event
 * and one millisecond more, because offsets differ between its data centres. Asking for exactly that skips every
 * event that is not later than the last one: those of the same millisecond (its times are whole seconds) and those
 * that run behind. Therefore:
 *
 * - A partition is asked for from the time of its last event itself. That event's own time fits, so the server begins
 *   at it or before it, whatever the order of the times.
 * - What comes a second time is told by its offset, until the last event is met again. In another data centre the
 *   offsets are others; there the last event's id, and times well past it, end the comparison before it can drop
 *   anything new. When in doubt an event is passed on: the ids of edits are deterministic, so a repeat is harmless.
 * - A partition of which no event was seen has the offset -1, "from now on", which would skip what it got while the
 *   connection was down. It is asked for from the earliest time known of the others, less that disorder. What it had
 *   just before the first connection may come with it.
 *
 * The saved position is an id with the last event added to its partitions; a server's plain id is understood as well.
 */
export class StreamPlace {
  readonly #partitions = new Map<string, PartitionPlace>()
  /** Partitions whose last event was not met again since the connection was made. */
  readonly #repeating = new Set<string>()

  /** @throws PositionError */
  static parse(position: undefined | string): StreamPlace {
    const place = new StreamPlace()
    if (position === undefined) return place
    const partitions = parsePlace(position)
    if (partitions === undefined)
      throw new PositionError(`the position ${position.slice(0, 200)} is no event id`)
    for (const partition of partitions) place.#partitions.set(keyOf(partition), partition)
    return place
  }

  get position(): string {
    return JSON.stringify([...this.#partitions.values()])
  }

  /** What to send as `Last-Event-ID`; undefined before the first event. Sending it begins the time of repeats. */
  resume(): undefined | string {
    const partitions = [...this.#partitions.values()]
    for (const [key, { last }] of this.#partitions) if (last !== undefined) this.#repeating.add(key)
    const times = partitions.flatMap(({ timestamp }) => timestamp ?? [])
    const earliest = times.length === 0 ? undefined : Math.min(...times)
    return partitions.length === 0
      ? undefined
      : JSON.stringify(partitions.map((it) => askedFor(it, earliest)))
  }

  /** Whether this event was passed on before the connection broke. Asked once, in the order of arrival. */
  isRepeat(event: unknown): boolean {
    const meta = metaOf(event)
    if (meta?.offset === undefined) return false
    const key = keyOf(meta)
    const last = this.#partitions.get(key)?.last
    if (last === undefined || !this.#repeating.has(key)) return false
    const isNewer = Date.parse(meta.dt ?? '') - Date.parse(last.dt) > DISORDER_MS_MAX
    const isLast = meta.id === last.eventId
    if (isLast || isNewer || meta.offset > last.offset) this.#repeating.delete(key)
    return isLast || (!isNewer && meta.offset <= last.offset)
  }

  /** Moves behind an event that is passed on. False when its id is none, and the place stays. */
  advance(id: undefined | string, event: unknown): boolean {
    const named = id === undefined ? undefined : parsePlace(id)
    if (named === undefined) return false
    const meta = metaOf(event)
    const own = meta && named.find((it) => keyOf(it) === keyOf(meta))
    for (const partition of named) {
      const key = keyOf(partition)
      const known = this.#partitions.get(key)
      if (partition === own) this.#partitions.set(key, { ...bare(partition), ...lastOf(meta) })
      else if (known === undefined) this.#partitions.set(key, notSeen(partition, own))
      else if (own === undefined && partition.timestamp !== undefined) {
        this.#partitions.set(key, { ...known, ...bare(partition) })
      }
    }
    return true
  }
}

function askedFor(place: PartitionPlace, earliest: undefined | number) {
  const { topic, partition, timestamp, offset } = place
  // Never both: EventStreams drops an entry with both as soon as another one needs its time looked up.
  if (timestamp !== undefined) return { topic, partition, timestamp: timestamp - 1 }
  if (offset === -1 && earliest !== undefined) {
    return { topic, partition, timestamp: earliest - DISORDER_MS_MAX }
  }
  return { topic, partition, offset: offset ?? -1 }
}

/**
 * A partition that the id of another one's event names for the first time. Where places are times, an offset is only
 * what this server made of the question, and another data centre's means something else.
 */
function notSeen(place: PartitionPlace, own: undefined | PartitionPlace): PartitionPlace {
  const areTimes = own?.timestamp !== undefined
  return areTimes ? { topic: place.topic, partition: place.partition, offset: -1 } : bare(place)
}

function bare({ topic, partition, timestamp, offset }: PartitionPlace): PartitionPlace {
  return { topic, partition, ...(timestamp === undefined ? { offset: offset ?? -1 } : { timestamp }) }
}

function lastOf(meta: undefined | EventMeta): Pick<PartitionPlace, 'last'> {
  if (meta?.offset === undefined) return {}
  return { last: { offset: meta.offset, eventId: meta.id ?? '', dt: meta.dt ?? '' } }
}

function keyOf({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic} ${partition}`
}

function parsePlace(text: string): undefined | readonly PartitionPlace[] {
  try {
    return placeSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function metaOf(event: unknown): undefined | EventMeta {
  if (typeof event !== 'object' || event === null || !('meta' in event)) return undefined
  return metaSchema.safeParse(event.meta).data
}
