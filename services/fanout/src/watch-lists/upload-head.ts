import { type EntriesFormat, ProtocolError, parseWatchListName, parseWatchListQuery } from '@freshet/protocol'
import type { FastifyRequest } from 'fastify'
import { UPLOAD_ENCODINGS, type UploadEncoding } from './uploaded-body.ts'
import type { WatchListUpload } from './watch-list-upload.ts'

/** A path that ends in the name of a list. */
export interface NamedRoute {
  readonly Params: { readonly name: string }
}
export type WatchListRequest = FastifyRequest<NamedRoute>

const FORMATS: Readonly<Record<string, EntriesFormat>> = {
  '': 'text',
  'text/plain': 'text',
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
}

/** What the request says of its body. Throws a `ProtocolError`. */
export function uploadHeadOf(request: WatchListRequest): Omit<WatchListUpload, 'body' | 'bytesMax'> {
  nameOf(request)
  const query = new URL(request.raw.url ?? '', 'http://localhost').searchParams
  const [type = ''] = (request.headers['content-type'] ?? '').split(';')
  const format = FORMATS[type.trim().toLowerCase()]
  if (format === undefined) {
    throw new ProtocolError(
      'unsupported_media_type',
      `${type.trim()} is no form of a watch-list`,
      'Send text/plain (one entry a line; curl -T file), application/json (an array) or application/x-ndjson.',
    )
  }
  return { of: parseWatchListQuery(query), format, encoding: encodingOf(request) }
}

function encodingOf({ headers }: WatchListRequest): UploadEncoding {
  const given = headers['content-encoding']?.trim().toLowerCase() ?? 'identity'
  const encoding = UPLOAD_ENCODINGS.find((each) => each === given)
  if (encoding !== undefined) return encoding
  throw new ProtocolError(
    'unsupported_media_type',
    'the Content-Encoding is not known here',
    'Compress with gzip or zstd, or not at all.',
  )
}

export function nameOf({ params }: WatchListRequest): string {
  return parseWatchListName(params.name)
}
