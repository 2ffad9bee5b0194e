// Each version of the predecessor's files, moved in from its folder: what it did is what the configuration then does.
import { copyFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/index.ts'
import { from, home, rows, run, setUp } from '../support/import.ts'
import { ADDRESSES, predecessorFiles, TOKEN, WEBHOOK } from '../support/predecessor.ts'

const VERSIONS = fileURLToPath(new URL('../fixtures/predecessor', import.meta.url))
const ROLE = '<@&972778865355272194>'
const USER = '<@951374414451187732>'
const HOUR_MS = 3_600_000

beforeEach(() => {
  setUp()
  for (const file of predecessorFiles().keys()) rmSync(join(from, file))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

interface Version {
  warnAt: number
  quietH: number | null
  /** How often it swept; the default where only cron knows. */
  clients: string
  mention: string[]
  token: boolean
  chains: number
  /** Wallets of the configuration, and thresholds of those that users registered. */
  wallets: Record<string, string[]>
  registered: string[]
}

const plain: Version = {
  warnAt: 0.8,
  quietH: null,
  clients: '0 */6 * * *',
  mention: [ROLE],
  token: true,
  chains: 5,
  wallets: {},
  registered: [],
}
const users = ['500000 uatom', '1000000 uelys', '2500000 uosmo']

test.each<[string, Version]>([
  ['first', { ...plain, warnAt: 0.5, clients: '*/10 * * * *', token: false }],
  ['cffc110', { ...plain, warnAt: 0.75, clients: '*/10 * * * *', token: false, mention: [] }],
  ['7c2b2e5', { ...plain, warnAt: 0.75, clients: '*/10 * * * *', token: false, mention: [USER] }],
  ['562ca0e', { ...plain, clients: '0 */2 * * *', mention: [ROLE, USER] }],
  ['081b40b', { ...plain, mention: [] }],
  ['2a889a5', { ...plain, wallets: { 'elystestnet-1': [ADDRESSES.elysA] } }],
  [
    '1a6cec3',
    {
      ...plain,
      wallets: {
        'elystestnet-1': [ADDRESSES.elysA, ADDRESSES.elysB],
        'theta-testnet-001': [ADDRESSES.cosmosA, ADDRESSES.cosmosB],
        'osmo-test-5': [ADDRESSES.osmoA, ADDRESSES.osmoB],
      },
    },
  ],
  ['29294b7', { ...plain, mention: [] }],
  ['66fdad1', { ...plain, registered: users }],
  ['e1f4264', { ...plain, quietH: 48, registered: users }],
  ['newest', { ...plain, quietH: 48, clients: '0 */4 * * *', mention: [ROLE, USER], registered: users }],
])('%s', async (version, expected) => {
  const folder = join(VERSIONS, version)
  for (const file of readdirSync(folder)) copyFileSync(join(folder, file), join(from, file))
  const { code, err } = await run()
  expect(code).toBe(0)
  const { alerts, schedule, chains, discord } = await loadConfig(join(home, 'config.ts'))
  expect(alerts.mention).toEqual(expected.mention)
  for (const chain of chains)
    expect(chain.alerts).toMatchObject({
      warnAt: expected.warnAt,
      quietWhileLeftMs: expected.quietH === null ? null : expected.quietH * HOUR_MS,
    })
  expect(schedule.clients).toBe(expected.clients)
  expect(discord.guildId).toBe(version === 'newest' ? '972778865355272194' : null)
  expect(chains).toHaveLength(expected.chains)
  expect(chains[0]).toMatchObject({
    chainId: 'elystestnet-1',
    connections: version === 'cffc110' ? ['connection-0', 'connection-6'] : 'all',
  })
  // A wallet of the configuration tags whom all alerts tag.
  const inConfig = chains.flatMap(({ chainId, wallets }) =>
    wallets.length === 0 ? [] : [[chainId, wallets.map(({ address }) => address)]],
  )
  expect(Object.fromEntries(inConfig)).toEqual(expected.wallets)
  for (const wallet of chains.flatMap(({ wallets }) => wallets))
    expect(wallet).toMatchObject({ threshold: '0.4' })
  const env = readFileSync(join(home, '.env'), 'utf8')
  expect(env).toContain(`DISCORD_WEBHOOK_URL=${WEBHOOK}`)
  expect(env.includes(TOKEN)).toBe(expected.token)
  const [registered, states] = rows() as Record<string, unknown>[][]
  expect(registered!.map((row) => `${row.threshold_base} ${row.denom}`).sort()).toEqual(
    [...expected.registered].sort(),
  )
  expect(states).toHaveLength(version === 'newest' ? 2 : 0)
  // The far ends' denoms that no chain has are said, and not used.
  const hasDenoms = !['first', 'cffc110', '7c2b2e5', '562ca0e', '081b40b'].includes(version)
  expect(err.includes('uosmos is no token of osmo-test-5 in the chain registry')).toBe(hasDenoms)
  expect(chains.find(({ chainId }) => chainId === 'osmo-test-5')!.token).toMatchObject({ denom: 'uosmo' })
  expect(err).not.toContain(TOKEN)
  expect(err).not.toContain('1000000000000001')
  expect(err).not.toContain('.py line 1 ')
})
