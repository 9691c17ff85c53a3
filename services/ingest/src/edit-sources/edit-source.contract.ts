import { setTimeout as timeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type EditSource, READ_AHEAD_BYTES_MAX, type SourceItem, type SourcePosition } from './edit-source.ts'
import { PositionError } from './edit-source-error.ts'

/** Something that holds edits with the revision ids 1, 2, 3, … in this order, and whatever else a source passes by. */
export interface EditSourceTestbed extends AsyncDisposable {
  /** A source as it is after a restart, with nothing remembered. */
  newSource(): EditSource
}

export interface TestbedOptions {
  readonly edits: number
  /** Each edit takes at least so many bytes. */
  readonly paddingBytes: number
}

export interface EditSourceContractOptions {
  /** The iteration ends after the last edit, instead of waiting for more. */
  readonly isFiniteSource: boolean
  start(options: TestbedOptions): Promise<EditSourceTestbed>
}

const SMALL: TestbedOptions = { edits: 23, paddingBytes: 0 }
const LARGE: TestbedOptions = { edits: 400, paddingBytes: 20_000 }
const never = new AbortController().signal

/** What `EditSource` promises; every adapter's test calls it. */
export function editSourceContract(name: string, { isFiniteSource, start }: EditSourceContractOptions): void {
  describe(`${name} keeps the contract of an edit source`, () => {
    it('yields every edit once, in order', async () => {
      await using testbed = await start(SMALL)
      expect(revisionIdsOf(await readRest(testbed.newSource(), undefined, SMALL.edits))).toEqual(idsAfter(0))
    })

    it('goes on from any position with exactly the rest, after a restart as well', async () => {
      await using testbed = await start(SMALL)
      const source = testbed.newSource()
      const items = await readRest(source, undefined, SMALL.edits)
      for (const item of items.filter((it) => it.type === 'edit')) {
        const last = item.edit.revision?.id ?? 0
        if (!isFiniteSource && last === SMALL.edits) continue
        const rest = SMALL.edits - last
        expect(revisionIdsOf(await readRest(source, item.position, rest))).toEqual(idsAfter(last))
        expect(revisionIdsOf(await readRest(testbed.newSource(), item.position, rest))).toEqual(
          idsAfter(last),
        )
      }
    })

    it('goes on where a caller stopped in the middle', async () => {
      await using testbed = await start(SMALL)
      const source = testbed.newSource()
      const first = await readSome(source, undefined, 5)
      const rest = await readRest(source, first.at(-1)?.position, SMALL.edits - 5)
      expect(revisionIdsOf([...first, ...rest])).toEqual(idsAfter(0))
    })

    it('ends without an error when the signal aborts while it reads', async () => {
      await using testbed = await start(LARGE)
      const aborting = new AbortController()
      const source = testbed.newSource()
      let count = 0
      for await (const _ of source.open(undefined, aborting.signal)) {
        count += 1
        aborting.abort()
      }
      expect(count).toBe(1)
      expect(source.status().state).toBe('ended')
    })

    it.skipIf(isFiniteSource)('ends without an error when the signal aborts while it waits', async () => {
      await using testbed = await start(SMALL)
      const aborting = new AbortController()
      const items = testbed.newSource().open(undefined, aborting.signal)[Symbol.asyncIterator]()
      for (let edits = 0; edits < SMALL.edits; ) {
        const { value } = await items.next()
        if (value.type === 'edit') edits += 1
      }
      const next = items.next()
      aborting.abort()
      expect(await next).toEqual({ done: true, value: undefined })
    })

    it('yields nothing when the signal was aborted before', async () => {
      await using testbed = await start(SMALL)
      expect(await Array.fromAsync(testbed.newSource().open(undefined, AbortSignal.abort()))).toEqual([])
    })

    it('reads ahead by a bounded amount', async () => {
      await using testbed = await start(LARGE)
      const source = testbed.newSource()
      const items = source.open(undefined, never)[Symbol.asyncIterator]()
      await items.next()
      // Nothing announces that a source does not read; this is ample time for one that would.
      await timeout(50)
      expect(source.status().readBytes).toBeGreaterThan(0)
      expect(source.status().readBytes).toBeLessThanOrEqual(READ_AHEAD_BYTES_MAX)
      await items.return?.()
    })

    it('has a name that a restart does not change', async () => {
      await using testbed = await start(SMALL)
      expect(testbed.newSource().name).toBe(testbed.newSource().name)
    })

    it.for(['', 'nonsense', '{"lap":"a"}', 'null'])('refuses the position %j', async (position) => {
      await using testbed = await start(SMALL)
      await expect(readSome(testbed.newSource(), position, 1)).rejects.toThrow(PositionError)
    })
  })

  /** All that follows a position; of an endless source up to so many edits. */
  async function readRest(source: EditSource, position: undefined | SourcePosition, edits: number) {
    return isFiniteSource ? Array.fromAsync(source.open(position, never)) : readSome(source, position, edits)
  }
}

async function readSome(source: EditSource, position: undefined | SourcePosition, edits: number) {
  const items: SourceItem[] = []
  let left = edits
  for await (const item of source.open(position, never)) {
    items.push(item)
    if (item.type === 'edit') left -= 1
    if (left === 0) break
  }
  return items
}

function revisionIdsOf(items: readonly SourceItem[]): readonly number[] {
  return items.flatMap((item) => (item.type === 'edit' ? [item.edit.revision?.id ?? 0] : []))
}

function idsAfter(id: number): readonly number[] {
  return Array.from({ length: SMALL.edits - id }, (_, index) => id + index + 1)
}
