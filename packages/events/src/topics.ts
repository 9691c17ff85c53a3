/** The topics of the log, and the record headers that are read without opening the value. */
export const EDITS_TOPIC = 'edits'
export const CHANGES_TOPIC = 'changes'
export const DEAD_LETTERS_TOPIC = 'dead-letters'
/** Compacted: how far each source has been read, by the source's name. */
export const SOURCE_POSITIONS_TOPIC = 'source-positions'

/** Compacted: the watch-lists of partners, by their names. */
export const WATCH_LISTS_TOPIC = 'watch-lists'

/** On `edits`: when the intake took it in (ISO 8601). */
export const RECEIVED_HEADER = 'received'
/** On `changes`: the change's id. */
export const ID_HEADER = 'id'
/** On `changes`: see `encodeAttributes`. */
export const ATTRIBUTES_HEADER = 'attributes'
/** On `changes`: see `encodeParts`. */
export const PARTS_HEADER = 'parts'
