// A secret in any place of the predecessor's files: it is never repeated in what the import says.
import { expect, test } from 'vitest'
import { registryChain } from '../../../src/chains/registry.ts'
import { planFromPredecessor } from '../../../src/setup/predecessor.ts'
import { OLD_CONFIG_PY, predecessorFiles } from '../../support/predecessor.ts'

const SECRETS = {
  token: 'TWFkZVVwTWFkZVVwTWFkZVVwMQ.GxXxXx.another-made-up-token_0123456789abc',
  webhook: 'https://discord.com/api/webhooks/998877665544332211/another-Made_up1secret0of2this3test',
  mnemonic: 'ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic',
  key: 'c0ffee00'.repeat(8),
  'short key': '9f86d081884c7d65',
  UUID: '3f2b8c1e-9a4d-4e6f-8b7a-1c2d3e4f5a6b',
  'key of 40': 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
}

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

test.each(Object.entries(SECRETS))('a %s', async (_, secret) => {
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
