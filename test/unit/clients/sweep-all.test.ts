// The sweeps over all chains: who is swept once more because of what another chain has said meanwhile.
import { expect, it } from 'vitest'
import { ManualClock } from '../../../sandbox/manual-clock.ts'
import type { ChainSettings } from '../../../src/chains/settings.ts'
import { createFarEnds } from '../../../src/clients/far-ends.ts'
import { sweepChains } from '../../../src/clients/sweep-all.ts'
import type { Attention } from '../../../src/clients/types.ts'

const chain = (chainId: string, mine: string[] = []) =>
  ({ chainId, connections: 'all', mine }) as unknown as ChainSettings

/** Sweeps `alpha-1`, which is read before `beta-1` has said that its client is somebody's; returns what was swept. */
async function sweptIn(rounds: number, attention: Attention): Promise<string[]> {
  const farEnds = createFarEnds()
  const chains = [chain('alpha-1'), chain('beta-1', ['07-tendermint-5'])]
  const swept: string[] = []
  const sweep = async (one: ChainSettings, surveyed: () => void) => {
    swept.push(one.chainId)
    if (one.chainId === 'beta-1') {
      const farEnd = { chainId: 'alpha-1', clientId: '07-tendermint-0', connectionId: 'connection-0' }
      const use = { connectionIds: [], openChannels: [], farEnds: [farEnd], attention, ignored: false }
      farEnds.surveyed(one, [
        { ...use, clientId: attention === 'mine' ? '07-tendermint-5' : '07-tendermint-6' },
      ])
    }
    surveyed()
  }
  for (let round = 0; round < rounds; round++) await sweepChains(chains, farEnds, sweep, new ManualClock(0))
  return swept
}

it('reads a chain once more when another one says that a client there is mine', async () => {
  expect(await sweptIn(1, 'mine')).toEqual(['alpha-1', 'beta-1', 'alpha-1'])
})

it('once: what is known is not news', async () => {
  expect(await sweptIn(2, 'mine')).toEqual(['alpha-1', 'beta-1', 'alpha-1', 'alpha-1', 'beta-1'])
})

it('not for what is in use, which it finds itself', async () => {
  expect(await sweptIn(1, 'live')).toEqual(['alpha-1', 'beta-1'])
})
