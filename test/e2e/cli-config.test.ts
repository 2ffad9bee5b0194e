// The configuration file as the real program loads it, which is not how a test runner does: any kind, anywhere on the disk.
// Who reads TypeScript, and words its mistakes, is tsx on an older Node and Node itself on a newer one.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { planConfigFile } from '../../src/setup/write.ts'
import { closeOutside, makeOutside } from '../support/bot-process.ts'

afterEach(closeOutside)

const ONE_CHAIN: Parameters<typeof makeOutside>[0] = {
  build: (chains) => void chains.addChain({ chainId: 'alpha-1' }),
  fromSource: true,
}
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
  const world = await makeOutside(ONE_CHAIN)
  const file = join(world.directory, name)
  writeFileSync(file, textOf(readFileSync(world.configFile, 'utf8')))
  const check = world.run('check', '--config', file, '--json')
  expect([await check.ended, check.err()]).toEqual([0, ''])
  expect(JSON.parse(check.out()).chains).toMatchObject([{ chainId: 'alpha-1', status: 'ok' }])
})

it('what init and import write there is loaded', async () => {
  const world = await makeOutside(ONE_CHAIN)
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

const ESC = '\u001b[31m'

it.each([
  [
    'config.ts',
    `export default {\n  token: 'hunter2${ESC}' hunter3,\n}\n`,
    /line 2, column 2\d: Expected ("}"|',', got …)/,
  ],
  [
    'config.js',
    `const hunter2 = 1\nconst hunter2 = 2\nexport default {}\n`,
    /line 2, column 7: (The symbol|Identifier) …/,
  ],
  ['config.mjs', `export default {\n  token: 'hunter2' hunter3,\n}\n`, /Unexpected identifier …/],
  [
    'config.cjs',
    `module.exports = { token: 'hunter2${ESC}' hunter3 }\n`,
    /line 1, column 4\d: Unexpected identifier …/,
  ],
  ['config.json', `{ "chains": [],\n  "x": "hunter2" hunter3 }`, /line 2, column 18: not JSON/],
  [
    'config.ts',
    `export default { chains: ['https://lcd.example.org/apikey/hunter2'] }\n`,
    /chains\[0\]: a URL alone/,
  ],
])('a %s with a mistake beside a secret: place and reason, no text of it', async (name, text, reason) => {
  const world = await makeOutside(ONE_CHAIN)
  const file = join(world.directory, name)
  writeFileSync(file, text)
  for (const command of ['start', 'check', 'doctor']) {
    const run = world.run(command, '--config', file)
    expect(await run.ended).toBe(2)
    const said = run.out() + run.err()
    expect(said).toMatch(reason)
    expect(said).not.toContain('hunter')
    expect(said).not.toContain('\u001b')
  }
})

it('what a config.ts throws by itself is shown without control characters', async () => {
  const world = await makeOutside(ONE_CHAIN)
  const file = join(world.directory, 'config.ts')
  writeFileSync(file, `throw new Error('set ${ESC}MY_VARIABLE')\n`)
  const run = world.run('start', '--config', file)
  expect(await run.ended).toBe(2)
  expect(run.err()).toContain('config.ts could not be read: set  [31mMY_VARIABLE')
})

it.each([
  [
    'inner.ts',
    "export default { token: 'hunter2', x: }\n",
    /: in inner.ts, line 1, column 39: (Unexpected "}"|Expression expected)/,
  ],
  [
    'inner.js',
    "module.exports = { token: 'hunter2' hunter3 }\n",
    /: in inner.js, line 1, column 37: Unexpected/,
  ],
])('a mistake in %s, which a config.ts imports, is said of that file', async (name, text, reason) => {
  const world = await makeOutside(ONE_CHAIN)
  const file = join(world.directory, 'config.ts')
  writeFileSync(join(world.directory, name), text)
  writeFileSync(file, `import inner from './${name}'\nexport default inner\n`)
  const run = world.run('check', '--config', file)
  expect(await run.ended).toBe(2)
  expect(run.err()).toContain('config.ts could not be read: in inner')
  expect(run.err()).toMatch(reason)
  expect(run.err()).not.toContain('hunter')
})

it('a key or a value with control characters is named without them', async () => {
  const world = await makeOutside(ONE_CHAIN)
  world.configure((config) => ({
    ...config,
    [`what${ESC}[2J\u202e`]: 1,
    alerts: { blindAfter: `10m${ESC}\nnow` },
  }))
  const run = world.run('check')
  expect(await run.ended).toBe(2)
  expect(run.err()).toContain('what [31m[2J : unknown key')
  expect(run.err()).toContain('"10m [31m')
  expect(run.err()).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u)
})

it('a secret in the place of a file name is not shown', async () => {
  const world = await makeOutside(ONE_CHAIN)
  delete world.env.DISCORD_TOKEN
  world.env.DISCORD_TOKEN_FILE = 'hunter2.hunter3'
  const run = world.run('start')
  expect(await run.ended).toBe(2)
  expect(run.err()).toContain('DISCORD_TOKEN_FILE names a file that cannot be read (ENOENT)')
  expect(run.err()).not.toContain('hunter')
})
