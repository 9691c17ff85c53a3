/** One entry of an Accept or Accept-Encoding header, in lower case; a weight of 0 refuses it. */
export interface AcceptedRange {
  readonly type: string
  readonly weight: number
}

export function acceptedRanges(header: string): readonly AcceptedRange[] {
  return header.split(',').map(rangeOf)
}

function rangeOf(text: string): AcceptedRange {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const weight = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1)
  return { type, weight: Number.isFinite(weight) ? weight : 0 }
}
