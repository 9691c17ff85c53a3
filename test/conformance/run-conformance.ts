import { describe } from 'vitest'
import { batchesConformance } from './batches.conformance.ts'
import { compressionConformance } from './compression.conformance.ts'
import type { OpenServer } from './conformance-server.ts'
import { dictionaryConformance } from './dictionary.conformance.ts'
import { filtersConformance } from './filters.conformance.ts'
import { framesConformance } from './frames.conformance.ts'
import { httpConformance } from './http.conformance.ts'
import { overloadConformance } from './overload.conformance.ts'
import { rangesConformance } from './ranges.conformance.ts'
import { sameStreamConformance } from './same-stream.conformance.ts'
import { watchListsConformance } from './watch-lists.conformance.ts'
import { webSocketConformance } from './websocket.conformance.ts'

/** Everything that PROTOCOL.md says a server MUST do, tried over the network. */
export function runConformance(name: string, openServer: OpenServer): void {
  describe(name, () => {
    httpConformance(openServer)
    filtersConformance(openServer)
    rangesConformance(openServer)
    framesConformance(openServer)
    webSocketConformance(openServer)
    overloadConformance(openServer)
    compressionConformance(openServer)
    batchesConformance(openServer)
    dictionaryConformance(openServer)
    sameStreamConformance(openServer)
    watchListsConformance(openServer)
  })
}
