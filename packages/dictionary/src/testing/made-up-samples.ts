import type { TrainingSample } from '../training/training-sample.ts'

const WORDS =
  'rain snow river harbour light tower keeper storm sea bread salt tea moon owl forest bridge'.split(' ')

/** Changes as like each other as real ones are: the same members, texts of the same words, and on each page something of its own. */
export function madeUpSamples(pages: number, samplesPerPage: number): TrainingSample[] {
  const random = seeded(pages)
  const word = () => WORDS[Math.floor(random() * WORDS.length)]
  return Array.from({ length: pages * samplesPerPage }, (_, index) => {
    const page = index % pages
    const change = {
      id: `enwiki:${1_000 + index}`,
      kind: 'edit',
      wiki: 'enwiki',
      page: { id: page, title: `${word()} ${word()}`, namespace: 0 },
      revision: { id: 1_000 + index, parentId: 900 + index, comment: `${word()} ${word()}`, tags: [] },
      performer: { kind: 'registered', name: ownerOf(page) },
      attribution: {
        license: { spdx: 'CC-BY-SA-4.0', url: 'https://creativecommons.org/licenses/by-sa/4.0/' },
      },
      diff: { ops: [{ keep: 7 }, { put: Array.from({ length: 20 }, word).join(' ') }] },
    }
    return { page: `enwiki:${page}`, bytes: Buffer.from(JSON.stringify(change)) }
  })
}

/** A name that stands in every sample of one page, and on no other page. */
export function ownerOf(page: number): string {
  return `Owner${'abcdefghij'.charAt(page % 10)}${page}Of${'klmnopqrst'.charAt(page % 10)}Page`
}

function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
