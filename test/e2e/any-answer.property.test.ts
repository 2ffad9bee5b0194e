// No answer of a chain ends a sweep: good answers with anything in any place of them, through the real pool.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ChainEndpoint } from '../../sandbox/chains/server.ts'
import { serveChain } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { look } from '../../src/cli/check.ts'
import { type Settings, settingsOf } from '../../src/config/index.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { DAY } from '../support/world.ts'

const ROUTES = [
  /blocks\/latest/,
  /client_states\?/,
  /client_states\//,
  /consensus_states/,
  /client_status/,
  /\/connections\?/,
  /\/channels\?/,
  /params/,
  /./,
]

let endpoints: ChainEndpoint[]
let settings: Settings
const clock = new ManualClock()

beforeAll(async () => {
  const world = new ChainWorld(clock)
  world.addChain({ chainId: 'alpha-1', version: 'v10' })
  world.addChain({ chainId: 'beta-1' })
  for (const ageMs of [DAY, 13.9 * DAY, 20 * DAY]) {
    world.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: 14 * DAY, a: { ageMs } })
  }
  for (const type of ['06-solomachine', '08-wasm', 'attestations', '77-martian']) {
    world.createClient('alpha-1', { type })
  }
  endpoints = await Promise.all(['alpha-1', 'beta-1'].map((id) => serveChain(world, id)))
  settings = await settingsOf({
    limits: { requestsPerSecond: 5000, timeout: '1s' },
    chains: endpoints.map(({ chain, url }) => ({ chainId: chain.chainId, rest: [url] })),
  })
})
afterAll(() => Promise.all(endpoints.map((one) => one.close())))

/** Places in a JSON value, as lists of keys. */
function places(value: unknown, at: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...at, key]))]
}

function put(value: unknown, [key, ...rest]: string[], what: unknown): unknown {
  if (key === undefined) return what
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = put(copy[key], rest, what)
  return copy
}

/** What is put in: any JSON, and what nearly fits. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '99999999999999999999999999',
    '1e9',
    'NaN',
    null,
    [],
    {},
    [null],
    '9007199254740993s',
  ),
  fc.constantFrom(
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59.999999999Z',
    '2026-13-45T99:99:99Z',
    '1.5s',
    '-5s',
  ),
  fc.constantFrom('constructor', '__proto__', '../..', '<@&1>', '@everyone', '\u202e', 'a'.repeat(5000)),
)

const change = fc.record({
  route: fc.constantFrom(...ROUTES),
  place: fc.nat(10_000),
  what: anything,
})

it('is read whatever a chain answers, and no other chain is touched by it', {
  timeout: 300_000,
}, async () => {
  const logger = createLogger('silent')
  const verdicts = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      endpoints[0]!.faults = {
        rewrite(body, path) {
          const wanted = changes.filter(({ route }) => route.test(path))
          const result = wanted.reduce<unknown>((value, { place, what }) => {
            const all = places(value)
            return put(value, all[place % all.length]!, what)
          }, JSON.parse(body))
          return JSON.stringify(result)
        },
      }
      const { chains, clients } = await look(settings.chains, { clock, logger })
      expect(chains[1]).toMatchObject({ chainId: 'beta-1', status: 'ok' })
      expect(clients.filter(({ hostChainId }) => hostChainId === 'beta-1')).toHaveLength(4)
      // What could not be understood is said to be so; nothing is left out without a word.
      const ofAlpha = clients.filter(({ hostChainId }) => hostChainId === 'alpha-1')
      for (const { status, reason } of ofAlpha) if (status === 'unreadable') expect(reason).toBeTruthy()
      if (chains[0]!.status === 'unreadable') expect(chains[0]!.reason).toBeTruthy()
      for (const one of [chains[0]!.status, ...ofAlpha.map(({ status }) => status)]) verdicts.add(one)
    }),
    { numRuns: 120 },
  )
  // The changes reached what they were to reach.
  expect([...verdicts]).toEqual(expect.arrayContaining(['ok', 'active', 'expired']))
})
