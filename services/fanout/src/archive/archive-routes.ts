import { open } from 'node:fs/promises'
import { ProtocolError, parseStreamPoint, type StreamPoint } from '@freshet/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerError } from '../routes/error-answer.ts'
import { ANSWER_HEADERS, CORS_HEADERS } from '../routes/stream-headers.ts'
import type { Archive } from './archive.ts'
import { byteRangeOf } from './byte-range.ts'
import type { SegmentDescription } from './segment.ts'
import { sendFile } from './send-file.ts'

export const ARCHIVE_PATH = '/v1/archive'

const CACHE_CONTROL = 'public, max-age=31536000, immutable'

/** `GET /v1/archive`: which segments there are. `GET /v1/archive/<name>`: one of them, whole or a range. */
export function archiveRoutes(app: FastifyInstance, archive: Archive): void {
  app.register(async (scope) => {
    scope.setErrorHandler(answerError)
    scope.get(ARCHIVE_PATH, async (request, reply) => {
      const { from, until } = pointsOf(request)
      const segments = await archive.list(from, until)
      return reply.headers(ANSWER_HEADERS).send({
        log: archive.logId,
        parts: archive.layout.parts,
        segments: segments.map(listed),
      })
    })
    const method: ['GET', 'HEAD'] = ['GET', 'HEAD']
    scope.route<{ Params: { name: string } }>({
      method,
      url: `${ARCHIVE_PATH}/:name`,
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        const segment = await archive.find(request.params.name)
        if (segment === undefined) throw noSegment()
        await answerSegment(archive.pathOf(segment), segment, request, reply)
      },
    })
  })
}

function pointsOf({ raw }: FastifyRequest): { readonly from: StreamPoint; readonly until: StreamPoint } {
  const query = new URL(raw.url ?? '', 'http://localhost').searchParams
  for (const name of query.keys()) {
    if (name === 'from' || name === 'until') continue
    throw new ProtocolError('invalid_request', `there is no parameter "${name}"`, 'Use from and until.')
  }
  return {
    from: parseStreamPoint(query.get('from') ?? 'earliest', 'from'),
    until: parseStreamPoint(query.get('until') ?? 'latest', 'until'),
  }
}

function listed({ name, startMs, endMs, from, to, changes, bytes, textBytes, sha256 }: SegmentDescription) {
  const [start, end] = [startMs, endMs].map((ms) => new Date(ms).toISOString())
  return { url: `${ARCHIVE_PATH}/${name}`, from, to, start, end, changes, bytes, textBytes, sha256 }
}

async function answerSegment(
  path: string,
  { bytes, sha256 }: SegmentDescription,
  { method, headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const etag = `"${sha256}"`
  const isFresh = headers['if-range'] === undefined || headers['if-range'] === etag
  const range = byteRangeOf(isFresh ? headers.range : undefined, bytes)
  const known = headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  const { start, end } =
    range === undefined || range === 'unsatisfiable' ? { start: 0, end: bytes - 1 } : range
  const common = { ...CORS_HEADERS, 'cache-control': CACHE_CONTROL, etag, 'accept-ranges': 'bytes' }
  if (known?.some((tag) => tag === etag || tag === '*')) return void reply.code(304).headers(common).send()
  if (range === 'unsatisfiable') {
    const refused = { ...ANSWER_HEADERS, 'content-range': `bytes */${bytes}` }
    return void reply.code(416).headers(refused).send()
  }
  // Opened before anything is said of it: a moment later it may be gone, but not for those who have it open.
  const file = await open(path).catch(() => {
    throw noSegment()
  })
  reply.hijack()
  reply.raw.writeHead(range === undefined ? 200 : 206, {
    ...common,
    'content-type': 'application/zstd',
    'content-length': end - start + 1,
    ...(range !== undefined && { 'content-range': `bytes ${start}-${end}/${bytes}` }),
  })
  try {
    if (method === 'HEAD') reply.raw.end()
    else await sendFile(file, { start, end }, reply.raw)
  } catch {
    // A partner that goes away in the middle comes back with a range.
    reply.raw.destroy()
  } finally {
    await file.close()
  }
}

function noSegment(): ProtocolError {
  return new ProtocolError('not_found', 'there is no such segment', 'List the segments again.')
}
