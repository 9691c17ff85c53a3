import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'

const PAGE = readFileSync(new URL('index.html', import.meta.url))

/** `GET /`: a page that subscribes and shows changes, for a first look with a browser. */
export function pageRoute(app: FastifyInstance): void {
  app.get('/', (_request, reply) => reply.type('text/html; charset=utf-8').send(PAGE))
}
