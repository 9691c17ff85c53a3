import { expect, test } from 'vitest'
import { actionApiUrl } from './action-api-url.ts'

test('actionApiUrl puts the domain into a template, and knows no API without it', () => {
  const apiUrl = actionApiUrl('https://{domain}/w/api.php')
  expect(apiUrl('fr.wikipedia.org')).toBe('https://fr.wikipedia.org/w/api.php')
  expect(apiUrl(undefined)).toBeUndefined()
})

test('actionApiUrl takes a fixed URL for every wiki, also an unknown one', () => {
  const apiUrl = actionApiUrl('http://127.0.0.1:8081/api.php')
  expect(apiUrl('wiki.example.org')).toBe('http://127.0.0.1:8081/api.php')
  expect(apiUrl(undefined)).toBe('http://127.0.0.1:8081/api.php')
})

test.for(['', 'w/api.php', 'ftp://{domain}/api.php', 'https://'])('actionApiUrl refuses %j', (template) => {
  expect(() => actionApiUrl(template)).toThrow(TypeError)
})
