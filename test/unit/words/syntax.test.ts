// What is said of files that cannot be parsed: the place and a reason, and nothing of the file.
import { describe, expect, it } from 'vitest'
import { loadProblem, parseJsonFile, withoutQuotes } from '../../../src/words/syntax.ts'

describe('JSON', () => {
  it.each([
    ['{"a": hunter2}', 'line 1, column 7: not JSON from here on'],
    ['{\n  "a": "hunter2" hunter2\n}', 'line 2, column 18: not JSON from here on'],
    ['{\n  "a": "hunter2', 'line 2, column 16: it breaks off'],
    ['{"a": 1,}', 'line 1, column 9: not JSON from here on'],
    ['["\\hunter2"]', 'line 1, column 4: not JSON from here on'],
    ['["hunter2\u001b[31m"]', 'line 1, column 10: not JSON from here on'],
    ['', 'line 1, column 1: it breaks off'],
    ['{} hunter2', 'line 1, column 4: not JSON from here on'],
    [`[${'"x",'.repeat(30_000)}hunter2]`, 'line 1, column 120002: not JSON from here on'],
  ])('%j', (text, message) => {
    expect(() => parseJsonFile(text)).toThrow(expect.objectContaining({ message }))
  })

  it('may begin with a byte order mark', () => {
    expect(parseJsonFile('\uFEFF{"a":1}')).toEqual({ a: 1 })
  })
})

it.each([
  ['Expected "}" but found "hunter2"', 'Expected "}"'],
  ['Unexpected "hunter2"', 'Unexpected …'],
  ["Unexpected identifier 'hunter2'", 'Unexpected identifier …'],
  ['The symbol "hunter\\"2" has already been declared', 'The symbol … has already been declared'],
  ['Unterminated string literal', 'Unterminated string literal'],
  ['Invalid regular expression: /(hunter2/: Unterminated group', 'it is not understood'],
  ["it's hunter2", 'it is not understood'],
  ['Expected ";"\n1 | hunter2', 'Expected ";"'],
])('a reason without what it quotes: %s', (message, reason) => {
  expect(withoutQuotes(message)).toBe(reason)
})

it('what a file throws by itself is said without control characters', () => {
  expect(loadProblem(new Error('no \u001b[31m SECRET\nset'), '/x/config.ts')).toBe('no  [31m SECRET set')
})
