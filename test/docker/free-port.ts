import { type AddressInfo, createServer } from 'node:net'

/** A port of this machine that was free just now, for a container that has to keep it when it is started again. */
export function freePort(): Promise<number> {
  const server = createServer()
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
