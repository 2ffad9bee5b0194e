// The configuration file as the real program loads it, which is not how a test runner does: any kind, anywhere on the disk.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { planConfigFile } from '../../src/importer/write.ts'
import { closeOutside, makeOutside } from '../support/bot-process.ts'

afterEach(closeOutside)

const SCHEMA = fileURLToPath(new URL('../../src/config.ts', import.meta.url))

it.each([
  ['config.ts', (plain: string) => `const config: object = ${plain}\nexport default config\n`],
  [
    'imported.ts',
    (plain: string) => `import { defineConfig } from '${SCHEMA}'\nexport default defineConfig(${plain})\n`,
  ],
  ['config.js', (plain: string) => `export default ${plain}\n`],
  ['common.js', (plain: string) => `module.exports = ${plain}\n`],
  ['config.json', (plain: string) => plain],
])('a plain %s outside of any package is loaded', async (name, textOf) => {
  const world = await makeOutside({ build: (chains) => void chains.addChain({ chainId: 'alpha-1' }) })
  const file = join(world.directory, name)
  writeFileSync(file, textOf(readFileSync(world.configFile, 'utf8')))
  const check = world.run('check', '--config', file, '--json')
  expect([await check.ended, check.err()]).toEqual([0, ''])
  expect(JSON.parse(check.out()).chains).toMatchObject([{ chainId: 'alpha-1', status: 'ok' }])
})

it('what init and import write there is loaded', async () => {
  const world = await makeOutside({ build: (chains) => void chains.addChain({ chainId: 'alpha-1' }) })
  const config = JSON.parse(readFileSync(world.configFile, 'utf8'))
  const { path, text } = planConfigFile(join(world.directory, 'config.ts'), {
    config,
    comments: {},
    head: ['Mine.'],
  })
  writeFileSync(path, text)
  const check = world.run('check', '--config', path, '--json')
  expect([await check.ended, check.err()]).toEqual([0, ''])
})
