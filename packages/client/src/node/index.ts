export { type DictionaryFetchOptions, dictionaryFetch, type StreamFetch } from './dictionary-fetch.ts'
