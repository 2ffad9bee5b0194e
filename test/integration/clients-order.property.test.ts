// In whatever order the answers of chains arrive: a danger is told once, what is over is told after it, an older reading is not taken.
import fc from 'fast-check'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type ChainEndpoint, serveChain } from '../../sandbox/chains/server.ts'
import { ChainWorld } from '../../sandbox/chains/world.ts'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { createAlertStore } from '../../src/alerts/store.ts'
import { createChains } from '../../src/chains/index.ts'
import { createClients } from '../../src/clients/index.ts'
import { clientStore } from '../../src/clients/store.ts'
import { settingsOf } from '../../src/config/index.ts'
import type { ChainPool } from '../../src/cosmos/types.ts'
import { openDatabase } from '../../src/storage/database.ts'

interface Told {
  identity: string
  notice: { kind: string; level: string }
}

const HOUR = 3_600_000
const PERIOD = 10 * HOUR
const logger = pino({ level: 'silent' })
const clock = new ManualClock()
const chains = new ChainWorld(clock)
const endpoints: ChainEndpoint[] = []

beforeAll(async () => {
  for (const chainId of ['alpha-1', 'beta-1']) {
    chains.addChain({ chainId })
    for (let n = 0; n < 2; n++) endpoints.push(await serveChain(chains, chainId))
  }
})
afterAll(() => Promise.all(endpoints.map((one) => one.close())))

/** Answers that have come are handed on one by one, in the order of the scheduler, while `work` is under way. */
async function inAnyOrder(scheduler: fc.Scheduler, work: Promise<unknown>): Promise<void> {
  let isDone = false
  const ended = work.finally(() => {
    isDone = true
  })
  while (!isDone) {
    // So that several wait at once.
    for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve))
    if (scheduler.count() > 0) await scheduler.waitOne()
  }
  await ended
}

async function watchOver(scheduler: fc.Scheduler) {
  const settings = await settingsOf({
    limits: { requestsPerSecond: 1000 },
    chains: ['alpha-1', 'beta-1'].map((chainId) => ({
      chainId,
      rest: endpoints.filter(({ chain }) => chain.chainId === chainId).map(({ url }) => url),
    })),
  })
  const database = openDatabase(':memory:', { nowMs: clock.now() })
  const store = clientStore(database, logger)
  const alerts = createAlertStore(database, logger)
  const shared = { settings, database, alerts, clock, logger, committed: () => {} }
  const known = createChains({ ...shared, states: store })
  const { directory, health, adopt } = known
  let isScheduled = false
  const late = async <T>(answer: Promise<T>, what: string): Promise<T> => {
    await answer.catch(() => {})
    if (isScheduled) await scheduler.schedule(Promise.resolve(), what)
    return answer
  }
  const pools = new Map(
    [...known.pools].map(([chainId, pool]): [string, ChainPool] => [
      chainId,
      Object.assign(Object.create(pool), {
        get: ((path, schema, read) => late(pool.get(path, schema, read), path)) as ChainPool['get'],
        head: ((read) => late(pool.head(read), 'head')) as ChainPool['head'],
      }),
    ]),
  )
  const { watch } = createClients({
    ...shared,
    directory,
    health,
    adopt,
    pools,
    store,
    decide: async () => null,
  })
  const told = () =>
    database
      .all<{ payload: string }>("SELECT messages AS payload FROM outbox WHERE kind = 'post' ORDER BY id")
      .flatMap(({ payload }) => JSON.parse(payload) as Told[])
      .map(({ identity, notice }) => `${notice.kind} ${notice.level} of ${identity}`)
  return {
    watch,
    store,
    told,
    /** From now on the scheduler says which answer comes next. */
    shuffle: (on: boolean) => {
      isScheduled = on
    },
    async close() {
      await watch.stop()
      await known.close()
      database.close()
    },
  }
}

it('tells a danger once and its end after it, with the newest reading', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.constantFrom('never', 'before', 'meanwhile'),
      async (scheduler, saved) => {
        const { clientId } = chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: PERIOD }).a
        const over = await watchOver(scheduler)
        try {
          await over.watch.sweepAll()
          await clock.advance(PERIOD * 0.8 + 1000)
          const update = () => chains.updateClient('alpha-1', clientId)
          if (saved === 'before') update()
          over.shuffle(true)
          const both = [over.watch.tick(), over.watch.sweepAll()]
          if (saved === 'meanwhile') both.push(scheduler.schedule(Promise.resolve(), 'update').then(update))
          await inAnyOrder(scheduler, Promise.all(both))
          over.shuffle(false)
          const before = over.told().length
          await over.watch.sweepAll()
          const deadlineNs = chains.chain('alpha-1').deadlineNs(clientId)
          expect(over.store.client('alpha-1', clientId)?.expiresNs).toBe(deadlineNs)
          const ours = over.told()
          expect(ours.slice(before).filter((one) => one.startsWith('raised'))).toEqual([])
          expect(new Set(ours).size).toBe(ours.length)
        } finally {
          await over.close()
          for (const chainId of ['alpha-1', 'beta-1']) {
            const chain = chains.chain(chainId)
            for (const of of [chain.clients, chain.connections, chain.channels]) of.clear()
            chain.changed()
          }
        }
      },
    ),
    { numRuns: 12 },
  )
})

it.each([0, 1])(
  'asks another endpoint before it calls: what only number %i tells, of an hour ago, is no danger',
  async (liar) => {
    const { clientId } = chains.openConnection('alpha-1', 'beta-1', { trustingPeriodMs: PERIOD }).a
    await clock.advance(PERIOD * 0.75)
    chains.updateClient('alpha-1', clientId)
    await clock.advance(PERIOD * 0.06)
    const ofAlpha = endpoints.filter(({ chain }) => chain.chainId === 'alpha-1')
    ofAlpha[liar]!.faults = { only: /client_states|consensus_states/, behindMs: HOUR, noHeights: true }
    const over = await watchOver(fc.sample(fc.scheduler(), 1)[0]!)
    try {
      await over.watch.sweepAll()
      expect(over.told().filter((one) => one.endsWith(`alpha-1/${clientId}`))).toEqual([])
    } finally {
      ofAlpha[liar]!.faults = {}
      await over.close()
    }
  },
)
