import { describe, expect, it } from 'vitest'
import { pack } from './packing.ts'
import type { Transport } from './transport.ts'

export interface TransportUnderTest extends AsyncDisposable {
  readonly transport: Transport
  /** Everything that the partner has received so far, without what the transport adds by itself. */
  received(): string
  /** The partner stops and starts reading. */
  pause(): void
  resume(): void
  /** Resolves once the partner has received so many bytes. */
  receivedBytes(count: number): Promise<void>
  /** The partner goes without a word. */
  vanish(): void
  /** Resolves when the connection has ended at the partner. */
  readonly ended: Promise<void>
}

/** More than operating systems buffer for a connection on one machine. */
const FLOOD_BYTES = 24 * 1024 * 1024
const FRAME_BYTES = 64 * 1024

/** What every transport promises. `frameOf` makes a frame of this framing that holds the text. */
export function transportContract(
  name: string,
  open: () => Promise<TransportUnderTest>,
  frameOf: (text: string) => Uint8Array,
): void {
  describe(`the transport contract: ${name}`, () => {
    it('delivers what is written, whole and in order', async () => {
      await using opened = await open()
      const texts = Array.from({ length: 200 }, (_, index) => `frame ${index} ${'x'.repeat(index * 7)};`)
      for (let index = 0; index < texts.length; index += 3) {
        opened.transport.write(texts.slice(index, index + 3).map(frameOf))
      }
      const expected = texts.join('')
      await opened.receivedBytes(expected.length)
      expect(opened.received()).toBe(expected)
    })

    it('keeps the order of what is written in one turn, packed or not, large or small, up to the close', async () => {
      await using opened = await open()
      const { transport } = opened
      const large = 'x'.repeat(FRAME_BYTES)
      const packed = (text: string) => transport.writePacked(pack(transport.packing, [frameOf(text)]))
      packed('first,')
      packed('second,')
      transport.write([frameOf('third,')])
      packed('fourth,')
      transport.write([frameOf(large)])
      packed('fifth,')
      packed('last')
      transport.close('draining', 'a reason')
      await opened.ended
      expect(opened.received()).toBe(`first,second,third,fourth,${large}fifth,last`)
    })

    it('counts what is to be written at the end of the turn', async () => {
      await using opened = await open()
      const { transport } = opened
      transport.writePacked(pack(transport.packing, [frameOf('x'.repeat(1_000))]))
      expect(transport.pendingBytes).toBeGreaterThanOrEqual(1_000)
      await opened.receivedBytes(1_000)
      expect(transport.pendingBytes).toBe(0)
    })

    it('counts what the partner has not taken, and says when it has, also after it was asked while nothing was pending', async () => {
      await using opened = await open()
      await opened.transport.drained()
      opened.pause()
      const frame = frameOf('x'.repeat(FRAME_BYTES))
      for (let bytes = 0; bytes < FLOOD_BYTES; bytes += FRAME_BYTES) opened.transport.write([frame])
      expect(opened.transport.pendingBytes).toBeGreaterThan(0)
      let hasDrained = false
      const drained = opened.transport.drained().then(() => {
        hasDrained = true
      })
      await new Promise((resolve) => setImmediate(resolve))
      expect(hasDrained).toBe(false)
      opened.resume()
      await drained
      expect(opened.transport.pendingBytes).toBe(0)
      await opened.receivedBytes(FLOOD_BYTES)
    })

    it('has drained at once when nothing is pending, and soon after a little was written', async () => {
      await using opened = await open()
      await opened.transport.drained()
      opened.transport.write([frameOf('little')])
      await opened.transport.drained()
      expect(opened.transport.pendingBytes).toBe(0)
    })

    it('lets what was written go out before it closes, and takes nothing afterwards', async () => {
      await using opened = await open()
      opened.transport.write([frameOf('last')])
      opened.transport.close('draining', 'a reason')
      opened.transport.write([frameOf('too late')])
      opened.transport.heartbeat()
      opened.transport.close('too_slow', 'again')
      await opened.ended
      await opened.transport.closed
      expect(opened.received()).toBe('last')
    })

    it('closes, and drains, when the partner vanishes in the middle of it', async () => {
      await using opened = await open()
      opened.pause()
      const frame = frameOf('x'.repeat(FRAME_BYTES))
      for (let bytes = 0; bytes < FLOOD_BYTES; bytes += FRAME_BYTES) opened.transport.write([frame])
      const drained = opened.transport.drained()
      opened.vanish()
      await opened.transport.closed
      await drained
      opened.transport.write([frame])
      opened.transport.heartbeat()
      await opened.transport.drained()
    })

    it('gives up on a partner that does not read when it closes', async () => {
      await using opened = await open()
      opened.pause()
      const frame = frameOf('x'.repeat(FRAME_BYTES))
      for (let bytes = 0; bytes < FLOOD_BYTES; bytes += FRAME_BYTES) opened.transport.write([frame])
      opened.transport.close('draining', 'a reason')
      await opened.transport.closed
    })
  })
}
