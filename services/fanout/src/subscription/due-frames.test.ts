import { encodeCursor } from '@freshet/protocol'
import { describe, expect, it } from 'vitest'
import { Representation } from '../representation/representation.ts'
import { readStoredChange, type StoredChange } from '../stored-change.ts'
import { changeRecord } from '../testing/change-records.ts'
import { DueFrames, type TakenFrames } from './due-frames.ts'
import { BATCH_BYTES_MAX } from './open-batch.ts'

const cursorAt = (place: number) => encodeCursor('kUl4Qm2x9A', [BigInt(place)])

function changeOf(id: string, diffBytes = 10): StoredChange {
  const record = { ...changeRecord(id, {}, diffBytes), partition: 0, offset: 0n, timestampMs: 0 }
  const change = readStoredChange(record)
  if (change === undefined) throw new Error('the record of a test cannot be read')
  return change
}

/** Per frame, the ids of its changes, or its type. */
function framesIn({ frames }: TakenFrames): readonly unknown[] {
  const lines = frames.map((frame) => JSON.parse(Buffer.from(frame).toString()))
  return lines.map(({ type, changes }) => changes?.map(({ id }: { id: string }) => id) ?? type)
}

function dueFrames(batchMax: number): DueFrames {
  return new DueFrames(new Representation('ndjson', ['core', 'diff'], 'default', batchMax))
}

describe('due frames in batches', () => {
  it('are as few as the most changes in a frame allows, with the cursor behind the last of each', () => {
    const due = dueFrames(4)
    for (let at = 0; at < 10; at++) due.addChange(changeOf(`c${at}`), cursorAt(at + 1), at)
    const taken = due.take()
    expect(framesIn(taken)).toEqual([
      ['c0', 'c1', 'c2', 'c3'],
      ['c4', 'c5', 'c6', 'c7'],
      ['c8', 'c9'],
    ])
    const cursors = taken.frames.map((frame) => JSON.parse(Buffer.from(frame).toString()).cursor)
    expect(cursors).toEqual([cursorAt(4), cursorAt(8), cursorAt(10)])
    expect(taken).toMatchObject({ changes: 10, cursor: cursorAt(10), newestChangeMs: 9 })
    expect(taken.bytes).toBe(taken.frames.reduce((sum, { length }) => sum + length, 0))
    expect(due.isEmpty).toBe(true)
  })

  it('end before a control frame, which is not within a batch', () => {
    const due = dueFrames(4)
    const control = due.representation.control({
      type: 'error',
      code: 'internal_error',
      message: '',
      help: '',
    })
    due.addChange(changeOf('a'), cursorAt(1), 0)
    due.addControl(control, undefined)
    due.addChange(changeOf('b'), cursorAt(2), 0)
    expect(framesIn(due.take())).toEqual([['a'], 'error', ['b']])
  })

  it('end with the change that fills their bytes', () => {
    const due = dueFrames(1_000)
    for (let at = 0; at < 8; at++) due.addChange(changeOf(`c${at}`, BATCH_BYTES_MAX / 4), cursorAt(at + 1), 0)
    expect(framesIn(due.take())).toEqual([
      ['c0', 'c1', 'c2', 'c3'],
      ['c4', 'c5', 'c6', 'c7'],
    ])
  })
})
