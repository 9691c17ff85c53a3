import { afterAll, beforeAll } from 'vitest'
import { type ConformanceServer, LIMITS, type OpenServer, type ServerLimits } from './conformance-server.ts'

/** Opens one server for the tests of a `describe`. Call the result inside tests. */
export function serverFor(
  openServer: OpenServer,
  limits: Partial<ServerLimits> = {},
): () => ConformanceServer {
  let server: ConformanceServer | undefined
  beforeAll(async () => {
    server = await openServer({ ...LIMITS, ...limits })
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
  })
  return () => {
    if (server === undefined) throw new Error('the server is not open yet')
    return server
  }
}
