import { parseParts } from '@freshet/protocol'
import type { SettingsGroup } from '@freshet/service'
import { z } from 'zod'

const MIB = 1024 ** 2
const GIB = 1024 ** 3
const count = z.coerce.number().int().positive()

/** Everything about article changes going out. */
export const FANOUT_SETTINGS = {
  prefix: 'FANOUT',
  schema: z.object({
    tailBytesMax: count
      .default(64 * MIB)
      .describe(
        'Memory for the newest changes, shared by all subscribers near the tip; older ones are read from the log.',
      ),
    // Above what a socket buffers by itself, as only then it tells when it has drained.
    unsentBytesMax: count
      .min(128 * 1024)
      .default(256 * 1024)
      .describe(
        'Bytes written to one connection that its partner has not taken yet; past it the partner is waited for. One frame more may be on the way.',
      ),
    flushIntervalMs: count
      .default(5)
      .describe(
        'Least time between two writes to live subscribers while the process is busy: changes that come faster go out together.',
      ),
    unsentBytesTotalMax: count
      .default(1024 * MIB)
      .describe(
        'Bytes that all connections together have not taken yet; past it new ones get 503 with Retry-After.',
      ),
    readBatchBytesMax: count
      .default(256 * 1024)
      .describe(
        'How much of the log a subscriber that is catching up holds in memory. One record more may be.',
      ),
    heartbeatIntervalMs: count
      .default(15_000)
      .describe('How long a connection may be silent before it gets a sign of life.'),
    progressIntervalMs: count
      .default(5_000)
      .describe('How long a cursor may move without a delivery before the partner is told.'),
    sseRetryMs: count.default(2_000).describe('How long browsers are told to wait before they reconnect.'),
    connectionsMax: count
      .default(10_000)
      .describe('Most connections of partners at a time; past it they get 503 with Retry-After.'),
    subscriptionsPerSocketMax: count.default(100).describe('Most subscriptions on one WebSocket.'),
    requestBytesMax: count
      .default(16 * MIB)
      .describe('Largest subscription request: body of a POST or WebSocket message.'),
    filterValuesTotalMax: count
      .default(10_000_000)
      .describe(
        'Most values that the filters of all subscribers hold together; past it new ones get 503 with Retry-After.',
      ),
    watchListsMax: z.coerce
      .number()
      .int()
      .nonnegative()
      .default(1_000)
      .describe('Most watch-lists; past it new ones get 507. 0: nobody stores any.'),
    watchListBytesTotalMax: count
      .default(512 * MIB)
      .describe(
        'Memory that all watch-lists together take in each process; past it new ones get 507. A million titles take about 30 MB.',
      ),
    watchListRequestBytesMax: count
      .default(64 * MIB)
      .describe('Largest watch-list as it is sent, before and after decompression.'),
    closeTimeoutMs: count
      .default(10_000)
      .describe('How long a closed connection has to take its last frames.'),
    slowLagRecordsMin: count
      .default(10_000)
      .describe(
        'A slow subscriber is only closed when it is at least so many records behind (one of four conditions).',
      ),
    slowLagMsMin: count
      .default(600_000)
      .describe('A slow subscriber is only closed when it is at least so far behind in time.'),
    slowWindowMs: count
      .default(300_000)
      .describe('A slow subscriber is only closed when its socket has been full for so long.'),
    slowRecordsMin: count
      .default(10)
      .describe(
        'A slow subscriber is only closed when it passed fewer records than this within slowWindowMs.',
      ),
    archiveBytesMax: z.coerce
      .number()
      .int()
      .nonnegative()
      .default(10 * GIB)
      .describe('Disk for the segments of the archive; past it the oldest go. 0: there is no archive.'),
    archiveWindowMs: count
      .min(1_000)
      .default(3_600_000)
      .describe(
        'A segment of the archive holds what entered the log within so much time; the same on all nodes.',
      ),
    archiveRecordsMax: count
      .default(50_000)
      .describe('Most changes in one segment of the archive; the same on all nodes.'),
    archiveParts: z
      .string()
      .default('core,diff')
      .transform((names) => parseParts(names.split(',').map((name) => name.trim())))
      .describe('The parts of a change that the archive holds; the same on all nodes.'),
  }),
} satisfies SettingsGroup

export type FanoutSettings = z.output<typeof FANOUT_SETTINGS.schema>
