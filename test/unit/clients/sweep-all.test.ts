// The sweeps over all chains: who waits for what the others say of its clients, and who is swept once more for it.
import { expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import type { ChainSettings } from '../../../src/chains/settings.ts'
import { createFarEnds } from '../../../src/clients/far-ends.ts'
import { sweepChains } from '../../../src/clients/sweep-all.ts'
import type { Attention } from '../../../src/clients/types.ts'

const MINE = '07-tendermint-5'
const chain = (chainId: string, mine: string[] = []) =>
  ({ chainId, connections: 'all', mine }) as unknown as ChainSettings

/** `alpha-1` is surveyed at once, `beta-1`, which says of a client there that it is `attention`, after `surveyMs`. */
function start(attention: Attention, surveyMs = 0) {
  const clock = new ManualClock(0)
  const farEnds = createFarEnds()
  const log: string[] = []
  const sweep = async (one: ChainSettings, surveyed: () => Promise<void>) => {
    log.push(one.chainId)
    const isBeta = one.chainId === 'beta-1'
    if (isBeta && surveyMs > 0) await clock.sleep(surveyMs)
    const use = { connectionIds: [], openChannels: [], attention, ignored: false }
    const farEnd = { chainId: 'alpha-1', clientId: '07-tendermint-0', connectionId: 'connection-0' }
    const clientId = attention === 'mine' ? MINE : '07-tendermint-6'
    farEnds.surveyed(one, isBeta ? [{ ...use, farEnds: [farEnd], clientId }] : [])
    await surveyed()
    const subject: { clientId: string; attention: Attention } = { ...farEnd, attention: 'live' }
    farEnds.markMine(one, [subject])
    if (!isBeta) log.push(`${subject.attention} at ${clock.now()}`)
  }
  const sweepAll = () => sweepChains([chain('alpha-1'), chain('beta-1', [MINE])], farEnds, sweep, clock)
  return { clock, log, sweepAll }
}

it('calls at the first look for what another chain has said to be mine by then', async () => {
  const { log, sweepAll } = start('mine')
  await sweepAll()
  expect(log).toEqual(['alpha-1', 'beta-1', 'mine at 0'])
})

it('waits ten seconds for that, and sweeps once more when it comes later', async () => {
  const { clock, log, sweepAll } = start('mine', 15_000)
  const all = sweepAll()
  for (let at = 0; at < 4; at++) await clock.advance(5_000)
  await all
  expect(log).toEqual(['alpha-1', 'beta-1', 'live at 10000', 'alpha-1', 'mine at 15000'])
})

it('waits for nobody when it is known what they want', async () => {
  const { clock, log, sweepAll } = start('mine', 15_000)
  const first = sweepAll()
  for (let at = 0; at < 4; at++) await clock.advance(5_000)
  await first
  log.length = 0
  const next = sweepAll()
  await clock.advance(1)
  expect(log).toEqual(['alpha-1', 'beta-1', 'mine at 20000'])
  for (let at = 0; at < 4; at++) await clock.advance(5_000)
  await next
  expect(log).toHaveLength(3)
})

it('sweeps nothing twice for what is in use, which each chain finds itself', async () => {
  const { log, sweepAll } = start('live')
  await sweepAll()
  expect(log).toEqual(['alpha-1', 'beta-1', 'live at 0'])
})
