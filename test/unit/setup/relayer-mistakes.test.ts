// Mistakes in the files of a relayer are said without text of the file, which may be a secret.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { planFromFile } from '../../../src/setup/tool-file.ts'
import { registry } from '../../support/imported.ts'

describe('a mistake beside a secret is said by its place and reason, without text of the file', () => {
  const message = (reading: Promise<unknown>) =>
    reading.then(
      () => 'read',
      (error: Error) => error.message,
    )

  test.each([
    [
      "key = 'hunter2' hunter3",
      'line 1, column 17: each key-value declaration must be followed by an end-of-line',
    ],
    ['a = 1\nkey = hunter2\u001b[31m', 'line 2, column 7: invalid value'],
    ["key = 'hunter2", 'line 1, column 7: unfinished string'],
  ])('of hermes: %j', async (text, problem) => {
    expect(await message(planFromFile(text, registry))).toBe(`This cannot be read as TOML: ${problem}`)
  })

  test('of hermes, where the secret stands in another table', async () => {
    const file = new URL('../../cases/import/secret-beside-typo.toml', import.meta.url)
    const said = await message(planFromFile(readFileSync(file, 'utf8'), registry))
    expect(said).toMatch(/^This cannot be read as TOML: line 5, column \d+: [\w ,-]+$/)
  })

  test.each([
    ['key: hunter2\nkey: hunter3', 'line 2, column 1: duplicate key'],
    ['chains:\n  key: "hunter2\u001b[31m" hunter3', 'line 2, column 23: unexpected token'],
    ['key: *hunter2', 'an alias in it cannot be resolved'],
    ['key: "\\hunter2"', 'line 1, column 7: bad dq escape'],
  ])('of rly: %j', async (text, problem) => {
    expect(await message(planFromFile(text, registry))).toBe(`This cannot be read as YAML: ${problem}`)
  })
})
