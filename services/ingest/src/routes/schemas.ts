import { JSON_SCHEMAS } from '@freshet/events'
import type { FastifyInstance } from 'fastify'

/** `GET /v1/schemas` lists the JSON Schemas of what goes in and comes out; `GET /v1/schemas/{name}` is one. */
export function schemasRoutes(app: FastifyInstance): void {
  const schemas = new Map<string, object>(Object.entries(JSON_SCHEMAS))

  app.get('/v1/schemas', () => ({ schemas: [...schemas.keys()].map((name) => `/v1/schemas/${name}`) }))

  app.get<{ Params: { name: string } }>('/v1/schemas/:name', (request, reply) => {
    const schema = schemas.get(request.params.name)
    if (schema !== undefined) return reply.type('application/schema+json').send(schema)
    const help = `There are: ${[...schemas.keys()].join(', ')}.`
    return reply
      .code(404)
      .send({ error: { code: 'unknown_schema', message: 'There is no such schema.', help } })
  })
}
