import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

export interface LinkOptions {
  readonly host: string
  /** 0: one that is free. */
  readonly port: number
  /** On 127.0.0.1: where it leads. */
  readonly targetPort: number
}

/**
 * A TCP relay that can be cut as a network is: connections stay, new ones seem to come about, and nothing gets through, in either
 * direction, not even that the other end has closed. What was sent arrives once it is mended.
 */
export class CuttableLink implements AsyncDisposable {
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  #isCut = false

  static async open({ host, port, targetPort }: LinkOptions): Promise<CuttableLink> {
    const link = new CuttableLink(targetPort)
    await new Promise<void>((resolve, reject) => {
      link.#server.once('error', reject)
      link.#server.listen(port, host, resolve)
    })
    return link
  }

  private constructor(targetPort: number) {
    this.#server = createServer({ pauseOnConnect: true }, (socket) => {
      const pair = new Pair(socket, targetPort, () => this.#pairs.delete(pair))
      this.#pairs.add(pair)
      if (!this.#isCut) pair.join()
    })
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  cut(): void {
    this.#isCut = true
    for (const pair of this.#pairs) pair.part()
  }

  mend(): void {
    this.#isCut = false
    for (const pair of this.#pairs) pair.join()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const pair of this.#pairs) pair.destroy()
    await new Promise((closed) => this.#server.close(closed))
  }
}

/** Both ends of one connection. */
class Pair {
  readonly #near: Socket
  readonly #targetPort: number
  readonly #onGone: () => void
  #far: Socket | undefined
  #isJoined = false

  constructor(near: Socket, targetPort: number, onGone: () => void) {
    this.#near = near
    this.#targetPort = targetPort
    this.#onGone = onGone
    this.#watch(near)
  }

  join(): void {
    if (this.#isJoined) return
    this.#isJoined = true
    this.#far ??= this.#watch(connect(this.#targetPort, '127.0.0.1'))
    if (this.#near.destroyed || this.#far.destroyed) {
      this.destroy()
      return
    }
    this.#near.pipe(this.#far)
    this.#far.pipe(this.#near)
  }

  part(): void {
    this.#isJoined = false
    for (const socket of [this.#near, this.#far]) {
      socket?.unpipe()
      socket?.pause()
    }
  }

  destroy(): void {
    this.#near.destroy()
    this.#far?.destroy()
    this.#onGone()
  }

  #watch(socket: Socket): Socket {
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    // One end hears of it only while it is joined to the other.
    socket.on('close', () => {
      if (this.#isJoined) this.destroy()
    })
    return socket
  }
}
