import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CuttableLink } from './cuttable-link.ts'

describe('a link that can be cut', () => {
  let echo: Server
  let link: CuttableLink
  let accepted = 0

  beforeAll(async () => {
    echo = createServer((socket) => {
      accepted++
      socket.pipe(socket)
    }).listen(0, '127.0.0.1')
    await once(echo, 'listening')
    const targetPort = (echo.address() as AddressInfo).port
    link = await CuttableLink.open({ host: '127.0.0.1', port: 0, targetPort })
  })

  afterAll(async () => {
    await link[Symbol.asyncDispose]()
    echo.close()
  })

  it('lets nothing through while it is cut, and all of it once it is mended', async () => {
    const open = await connected(link.port)
    open.write('before')
    expect(await textFrom(open, 6)).toBe('before')
    link.cut()
    const opened = await connected(link.port)
    open.write('1')
    opened.write('2')
    const answers = Promise.all([textFrom(open, 1), textFrom(opened, 1)])
    // What goes around the cut has come back by now; what goes through it would have.
    await using other = await CuttableLink.open({
      host: '127.0.0.1',
      port: 0,
      targetPort: (echo.address() as AddressInfo).port,
    })
    const beside = await connected(other.port)
    beside.write('beside')
    expect(await textFrom(beside, 6)).toBe('beside')
    expect([open.bytesRead, opened.bytesRead, accepted]).toEqual([6, 0, 2])
    link.mend()
    expect(await answers).toEqual(['1', '2'])
    for (const socket of [open, opened, beside]) socket.destroy()
  })

  it('tells one end of the other only while it is whole', async () => {
    const [[accepted], own] = await Promise.all([once(echo, 'connection'), connected(link.port)])
    const served = accepted as Socket
    link.cut()
    own.destroy()
    await once(own, 'close')
    expect(served.destroyed).toBe(false)
    const closed = once(served, 'close')
    link.mend()
    await closed
  })
})

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

async function textFrom(socket: Socket, length: number): Promise<string> {
  let text = ''
  while (text.length < length) text += String((await once(socket, 'data'))[0])
  return text
}
