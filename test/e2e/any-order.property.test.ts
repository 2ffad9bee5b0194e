// No order of readings, faults and restarts loses or repeats a notice: random stories, and what must hold after each.
import fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import type { Faults } from '../../sandbox/chains/server.ts'
import { createFastClock } from '../../sandbox/fast-clock.ts'
import { nsToMs } from '../../src/kernel/nanotime.ts'
import { closeWorlds, DAY, HOUR, MINUTE, makeWorld, type TestWorld } from '../support/world.ts'

afterEach(closeWorlds)

/**
 * Days pass in seconds here, but not for the pace of an endpoint: what it loses with every 5xx it would win back only in real
 * time, and a story with many of them would take minutes.
 */
const wireClock = createFastClock(2000)
const HOST = 'alpha-1'
const CLIENTS = ['07-tendermint-0', '07-tendermint-1', '07-tendermint-2']
const PERIOD = 4 * DAY
const WEBHOOK = { method: 'POST', path: '/webhooks/{webhook_id}/{webhook_token}' }

type Event =
  | { kind: 'leap'; hours: number }
  | { kind: 'pass'; minutes: number }
  | { kind: 'update' | 'freeze' | 'recover'; client: number }
  | { kind: 'host'; faults: Faults }
  | { kind: 'blocks'; made: boolean }
  | { kind: 'webhook'; fault: 'status' | 'reset' | 'lost answer'; times: number }
  | { kind: 'restart' | 'sweep' }

/** Ways in which the one endpoint of the host can be. */
const FAULTS: Faults[] = [
  {},
  { html: 502 },
  { reset: true },
  { only: /consensus_states/, status: 500 },
  { only: /client_states/, html: 502 },
  { only: /\/(connections|channels)/, status: 503 },
  { laggingBlocks: 3 },
  { behindBlocks: 9 },
  { chainId: 'mallory-1' },
]

const client = fc.nat(CLIENTS.length - 1)
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('leap' as const), hours: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), minutes: fc.integer({ min: 1, max: 12 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('update' as const), client }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('freeze' as const, 'recover' as const), client }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('host' as const), faults: fc.constantFrom(...FAULTS) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('blocks' as const), made: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('webhook' as const),
      fault: fc.constantFrom('status' as const, 'reset' as const, 'lost answer' as const),
      times: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'sweep' as const) }) },
)

async function happen(world: TestWorld, one: Event): Promise<void> {
  const host = world.chains.chain(HOST)
  switch (one.kind) {
    case 'leap':
      return world.leap(one.hours * HOUR)
    case 'pass':
      return world.pass(one.minutes * MINUTE)
    case 'update':
      if (host.status(CLIENTS[one.client]!) === 'Active')
        world.chains.updateClient(HOST, CLIENTS[one.client]!)
      return
    case 'freeze':
      return world.chains.freeze(HOST, CLIENTS[one.client]!)
    case 'recover':
      if (host.status(CLIENTS[one.client]!) !== 'Active') world.chains.recover(HOST, CLIENTS[one.client]!)
      return
    case 'host':
      world.endpoints.get(HOST)![0]!.faults = one.faults
      return
    case 'blocks':
      if (one.made) host.resume()
      else host.halt()
      return
    case 'webhook': {
      const fault =
        one.fault === 'status'
          ? { kind: 'status' as const, status: 503 }
          : { kind: 'reset' as const, afterAccept: one.fault === 'lost answer' }
      world.server.faults.add('webhook', fault, { ...WEBHOOK, times: one.times })
      return
    }
    case 'restart':
      return world.restart()
    case 'sweep':
      return world.sweep()
  }
}

interface Told {
  delivered: boolean
  superseded: boolean
  identity: string
  kind: string
  level: string
  /** Left out: seen. */
  basis?: string
  from: string
  alertId: number
}

/** Every notice that was put into the outbox, in order. */
function notices(world: TestWorld): Told[] {
  const rows = world.app.database.sql
    .prepare("SELECT messages, delivered_ms, superseded_ms FROM outbox WHERE kind = 'post' ORDER BY id")
    .all() as { messages: string; delivered_ms: number | null; superseded_ms: number | null }[]
  return rows.flatMap((row) =>
    (
      JSON.parse(row.messages) as {
        identity: string
        notice: Omit<Told, 'delivered' | 'superseded' | 'identity'>
      }[]
    ).map(({ identity, notice }) => ({
      ...notice,
      identity,
      delivered: row.delivered_ms !== null,
      superseded: row.superseded_ms !== null,
    })),
  )
}

/** Past saving, or past its deadline by the clock while its chain makes no blocks. */
function isLost(world: TestWorld, clientId: string): boolean {
  const host = world.chains.chain(HOST)
  return host.status(clientId) !== 'Active' || nsToMs(host.deadlineNs(clientId)!) <= world.clock.now()
}

/** How bad a client is in truth. */
function truth(world: TestWorld, clientId: string): string {
  const host = world.chains.chain(HOST)
  const status = host.status(clientId)
  if (status !== 'Active') return status.toLowerCase()
  const leftMs = nsToMs(host.deadlineNs(clientId)!) - world.clock.now()
  const share = 1 - leftMs / PERIOD
  return share >= 0.9 ? 'critical' : share >= 0.8 ? 'warning' : 'ok'
}

/** One story in which something happens, whatever the others are. */
const EVENTFUL: Event[] = [
  { kind: 'leap', hours: 40 },
  { kind: 'leap', hours: 40 },
  { kind: 'update', client: 0 },
]

/** Past the deadline by an old reading, seconds before the chain says so. */
const EARLY: Event[] = [
  ...[10, 4, 30, 40].map((hours) => ({ kind: 'leap' as const, hours })),
  { kind: 'host', faults: { only: /consensus_states/, status: 500 } },
  { kind: 'webhook', fault: 'status', times: 1 },
  { kind: 'leap', hours: 12 },
]

/** A webhook that fails for long: the bot's own account says it. */
const SAID: Event[] = [
  { kind: 'leap', hours: 40 },
  { kind: 'webhook', fault: 'status', times: 1000 },
  { kind: 'leap', hours: 40 },
  { kind: 'pass', minutes: 12 },
]

it('every story ends with what is true told once, and nothing twice', { timeout: 400_000 }, async () => {
  const levels = new Set<string>()
  let byItself = 0
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 14 }), async (story) => {
      const world = await makeWorld({
        app: () => ({ wireClock }),
        config: (base) => ({ ...base, limits: { ...base.limits, timeout: '1h' } }),
        build(chains) {
          chains.addChain({ chainId: HOST })
          chains.addChain({ chainId: 'beta-1' })
          for (const _ of CLIENTS) {
            chains.openConnection(HOST, 'beta-1', {
              trustingPeriodMs: PERIOD,
              b: { trustingPeriodMs: 1000 * DAY },
            })
          }
        },
      })
      await world.restart()
      const [lost, judged] = [new Set<string>(), new Set<string>()]
      const note = () => {
        for (const id of CLIENTS) {
          if (isLost(world, id)) lost.add(id)
          if (world.chains.chain(HOST).status(id) !== 'Active') judged.add(id)
        }
      }
      for (const one of story) {
        note()
        await happen(world, one)
      }
      // All is mended, and a while passes.
      world.chains.chain(HOST).resume()
      world.endpoints.get(HOST)![0]!.faults = {}
      world.server.faults.clear()
      await world.pass(14 * MINUTE)
      await world.sweep()
      await world.pass(2 * MINUTE)

      // Nobody was told of a loss that was none, or that the chain had not said.
      note()
      const claims = world
        .lines()
        .flatMap((line) => [...line.matchAll(/(EXPIRED|FROZEN|OVERDUE)(?:, seen now)?: alpha-1 (\S+)/g)])
      for (const [, claim, id] of claims) expect([...(claim === 'OVERDUE' ? lost : judged)]).toContain(id)

      const all = notices(world)
      expect(world.app.delivery.status().waiting).toBe(0)
      expect(all.filter(({ delivered, superseded }) => !delivered && !superseded)).toEqual([])
      // In the channel stands what was delivered, each message once. (One that failed long may be overtaken.)
      const rows = world.app.database.all<{ id: string | null; messages: string }>(
        "SELECT message_id AS id, messages FROM outbox WHERE kind = 'post' AND delivered_ms IS NOT NULL",
      )
      const ids = rows.flatMap(({ id }) => id ?? [])
      expect(world.posts().map(({ id }) => id)).toEqual(ids.sort())
      // What the webhook did not take for long was said by the bot's own account.
      const said = world.answers().map(({ content }) => content)
      for (const { messages } of rows.filter(({ id }) => id === null)) {
        byItself++
        const [{ headline }] = JSON.parse(messages) as [{ headline: string }]
        expect(said.filter((text) => text.includes(headline.slice(0, 60)))).toHaveLength(1)
      }
      for (const clientId of CLIENTS) {
        const identity = `ibc:${HOST}/${clientId}`
        const about = all.filter((one) => one.identity === identity)
        const now = truth(world, clientId)
        levels.add(now)
        const open = world.app.alerts.openAlerts().find((one) => one.identity === identity)
        // What is open is what is true, and it was said as it was seen.
        expect(open?.state.level ?? 'ok').toBe(now)
        if (open) {
          const said = about.filter(
            ({ alertId, level, delivered, basis = 'seen' }) =>
              alertId === open.state.alertId && level === now && delivered && basis === 'seen',
          )
          expect(said.length).toBeGreaterThanOrEqual(1)
        }
        // Each level of each alert was raised once, and each alert ended once.
        for (const alertId of new Set(about.map((one) => one.alertId))) {
          const of = about.filter((one) => one.alertId === alertId)
          // What was raised from memory, and seen to be less since, is raised when it is seen.
          const raised = of
            .filter(({ kind }) => kind === 'raised')
            .map(({ level, basis = 'seen' }) => `${level}, ${basis}`)
          expect(new Set(raised).size).toBe(raised.length)
          const ended = of.filter(({ kind }) => kind === 'resolved' || kind === 'recovered')
          expect(ended.length).toBe(alertId === open?.state.alertId ? 0 : 1)
        }
      }
      await closeWorlds()
    }),
    { numRuns: 15, examples: [[EVENTFUL], [EARLY], [SAID]] },
  )
  expect(levels.size).toBeGreaterThan(1)
  expect(byItself).toBeGreaterThan(0)
})
