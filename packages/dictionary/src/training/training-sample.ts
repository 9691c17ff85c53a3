/** What a dictionary is made from: a text as it would be compressed, and the page it is about. */
export interface TrainingSample {
  readonly page: string
  readonly bytes: Uint8Array
}
