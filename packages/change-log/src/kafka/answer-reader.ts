/** In front of each answer: how many bytes follow. */
const HEAD_BYTES = 4

/** Above any answer of a broker: what it holds most is one batch of records, whatever its size. What TLS or HTTP begins with is more. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024
/** That every answer begins with: which request it answers. */
const ANSWER_BYTES_MIN = 4

/** Puts the answers of a broker together out of what comes from its socket. Each is in memory of its own. */
export class AnswerReader {
  readonly #onAnswer: (answer: Buffer) => void
  readonly #head = Buffer.alloc(HEAD_BYTES)
  #answer: Buffer | undefined
  /** Of the answer; of its head, where there is no answer yet. */
  #filled = 0

  /** `onAnswer` gets what comes behind the head. */
  constructor(onAnswer: (answer: Buffer) => void) {
    this.#onAnswer = onAnswer
  }

  /** Copies what it needs. Throws for what is no answer of a broker. */
  read(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const into = this.#answer ?? this.#head
      const count = Math.min(bytes.length - at, into.length - this.#filled)
      into.set(bytes.subarray(at, at + count), this.#filled)
      at += count
      this.#filled += count
      if (this.#filled === into.length) this.#complete()
    }
  }

  #complete(): void {
    this.#filled = 0
    const answer = this.#answer
    if (answer === undefined) {
      this.#answer = Buffer.allocUnsafeSlow(answerBytes(this.#head))
    } else {
      this.#answer = undefined
      this.#onAnswer(answer)
    }
  }
}

function answerBytes(head: Buffer): number {
  const bytes = head.readInt32BE()
  if (bytes >= ANSWER_BYTES_MIN && bytes <= ANSWER_BYTES_MAX) return bytes
  throw new Error(`an answer of ${bytes} bytes: is it a broker of Kafka, and is TLS set as it expects it?`)
}
