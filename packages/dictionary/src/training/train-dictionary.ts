import { compressWith } from '../compress-with.ts'
import { chooseSegments } from './choose-segments.ts'
import { StretchIndex } from './stretch-index.ts'
import type { TrainingSample } from './training-sample.ts'

export interface TrainingOptions {
  /** Of the dictionary. */
  readonly bytesMax: number
  /** Told of every dictionary that was tried. */
  readonly onTried: (trial: Trial) => void
}

/** One way to choose what goes into the dictionary, and what became of the held-out samples. */
export interface Trial extends HeldOutSizes {
  readonly segmentBytes: number
}

/** Bytes that the samples held out of the training take, each compressed by itself. */
export interface HeldOutSizes {
  readonly uncompressed: number
  readonly withoutDictionary: number
  readonly withDictionary: number
}

export interface TrainedDictionary {
  readonly bytes: Uint8Array
  readonly heldOut: HeldOutSizes
}

/** There is too little, or it has too little in common. */
export class TrainingError extends Error {
  override readonly name = 'TrainingError'
  readonly code = 'training_failed'
}

/** How long a segment should be depends on the texts, so several lengths are tried. */
const SEGMENT_BYTES = [128, 384, 1_024, 2_048]
/** One page in so many is held out of the training, with all its samples. */
const HELD_OUT_SHARE = 5
/** As many samples on each side at least. */
const SAMPLES_MIN = 10

/**
 * The dictionary, of those tried, with which the samples of pages that it was not made from take the fewest bytes. Takes a
 * second or two for each MiB of samples, and the memory that `StretchIndex` says.
 *
 * @throws TrainingError
 */
export function trainDictionary(
  samples: readonly TrainingSample[],
  { bytesMax, onTried }: TrainingOptions,
): TrainedDictionary {
  const pages = new Map([...new Set(samples.map(({ page }) => page))].map((page, index) => [page, index]))
  const isHeldOut = ({ page }: TrainingSample) => (pages.get(page) ?? 0) % HELD_OUT_SHARE === 0
  const { training = [], heldOut = [] } = Object.groupBy(samples, (sample) =>
    isHeldOut(sample) ? 'heldOut' : 'training',
  )
  if (training.length < SAMPLES_MIN || heldOut.length < SAMPLES_MIN) {
    throw new TrainingError(`${samples.length} changes of ${pages.size} pages are too few to learn from`)
  }
  const index = new StretchIndex(training)
  const uncompressed = heldOut.reduce((sum, { bytes }) => sum + bytes.length, 0)
  const withoutDictionary = compressedBytes(heldOut, undefined)
  let best: TrainedDictionary | undefined
  for (const segmentBytes of SEGMENT_BYTES) {
    // zstd finds the last bytes of a dictionary with the shortest references, so the best come last.
    const bytes = Buffer.concat(chooseSegments(index, bytesMax, segmentBytes).toReversed())
    const withDictionary = compressedBytes(heldOut, bytes)
    const sizes = { uncompressed, withoutDictionary, withDictionary }
    onTried({ segmentBytes, ...sizes })
    if (withDictionary < (best?.heldOut.withDictionary ?? withoutDictionary)) best = { bytes, heldOut: sizes }
  }
  if (best === undefined) throw new TrainingError('the changes have too little in common for a dictionary')
  return best
}

function compressedBytes(samples: readonly TrainingSample[], dictionary: Uint8Array | undefined): number {
  return samples.reduce((sum, { bytes }) => sum + compressWith(dictionary, bytes).length, 0)
}
