// A secret in any place of the predecessor's files: it is never repeated in what the import says.
import { expect, test } from 'vitest'
import { registryChain } from '../../../src/chains/registry.ts'
import { planFromPredecessor } from '../../../src/setup/predecessor.ts'
import { OLD_CONFIG_PY, predecessorFiles } from '../../support/predecessor.ts'
import { MADE_UP_SECRETS } from '../../support/secrets.ts'

/** The files with one of their strings replaced: each string once. */
function* placed(files: ReadonlyMap<string, string>, secret: string): Generator<Map<string, string>> {
  for (const [file, text] of files) {
    if (!file.endsWith('.py')) continue
    for (const { index, 0: literal } of text.matchAll(/(["'])(?:(?!\1).)*\1/g)) {
      const after = text.slice(index + literal.length)
      yield new Map([...files, [file, `${text.slice(0, index)}'${secret}'${after}`]])
      // And where it lost its quotation marks.
      yield new Map([...files, [file, `${text.slice(0, index)}${secret}${after}`]])
    }
  }
}

test.each(Object.entries(MADE_UP_SECRETS))('a %s', async (_, secret) => {
  const sets = [
    ...placed(predecessorFiles(), secret),
    ...placed(new Map([['config.py', OLD_CONFIG_PY]]), secret),
  ]
  expect(sets.length).toBeGreaterThan(100)
  const leaks = new Set<string>()
  for (const files of sets) {
    const { notes, env } = await planFromPredecessor(files, registryChain)
    const texts = notes.map(({ text }) => text)
    // What it took for one of its secrets, the import cuts out of whatever it says.
    if (Object.values(env).includes(secret)) continue
    for (const text of texts) if (text.includes(secret)) leaks.add(text)
  }
  expect([...leaks]).toEqual([])
})
