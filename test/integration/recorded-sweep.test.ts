// The whole sweep over recordings of real chains: every client gets the verdict that the chain itself gave.
import { afterEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import { recordedSweep, type SweepServer, serveSweep } from '../../sandbox/replay/sweep.ts'
import { look } from '../../src/cli/check.ts'
import { exitCode } from '../../src/cli/check-report.ts'
import { settingsOf } from '../../src/config/index.ts'
import { createLogger } from '../../src/kernel/logger.ts'
import { nsToMs } from '../../src/kernel/nanotime.ts'
import { recordingsOf, SWEPT_VERSIONS } from '../support/fixtures.ts'

let served: SweepServer | null = null
afterEach(async () => {
  await served?.close()
  served = null
})

describe.each(SWEPT_VERSIONS)('the recorded chain of ibc-go %s', (version) => {
  it('is judged as the chain judges itself, client by client', async () => {
    served = await serveSweep(recordingsOf(version))
    const settings = await settingsOf({
      limits: { requestsPerSecond: 10_000 },
      chains: [{ chainId: served.chainId, rest: [served.url] }],
    })
    const clock = new ManualClock(nsToMs(served.blockTimeNs) + 3000)
    const report = await look(settings.chains, { clock, logger: createLogger('silent') })
    expect(report.chains).toMatchObject([
      { chainId: served.chainId, status: 'ok', height: String(served.height) },
    ])
    const ours = Object.fromEntries(report.clients.map(({ clientId, status }) => [clientId, status]))
    const theirs = Object.fromEntries(
      [...served.verdicts].map(([clientId, status]) => [clientId, status.toLowerCase()]),
    )
    expect(Object.keys(theirs).length).toBeGreaterThan(120)
    expect(ours).toEqual(theirs)
    expect(new Set(Object.values(theirs))).toEqual(new Set(['active', 'expired', 'frozen']))
    // Of v6 no list of channels was recorded: that is something which could not be read.
    expect(exitCode(report, settings.chains, 'never')).toBe(version === 'v6.3.1' ? 3 : 0)
    // What is in use counts, abandoned clients do not, however dead they are.
    const live = report.clients.filter(({ attention }) => attention === 'live')
    expect(live.length).toBeGreaterThan(0)
    // Without channels an OPEN connection has to count as in use.
    if (version !== 'v6.3.1') expect(live.length).toBeLessThan(report.clients.length / 2)
  })

  it('is read with no more requests than its lists, what bears them out, and one for each client that can expire', async () => {
    const sweep = recordedSweep(recordingsOf(version))
    served = await serveSweep(recordingsOf(version))
    const settings = await settingsOf({
      limits: { requestsPerSecond: 10_000 },
      chains: [{ chainId: served.chainId, rest: [served.url] }],
    })
    const clock = new ManualClock(nsToMs(served.blockTimeNs) + 3000)
    const report = await look(settings.chains, { clock, logger: createLogger('silent') })
    const expiring = [...sweep.verdicts.keys()].filter((id) => id.startsWith('07-tendermint-')).length
    // Absent consensus states are asked twice; idle clients once for IBC v2 where the version has it.
    const idle = report.clients.filter(({ attention }) => attention === 'idle').length
    const lists = version === 'v6.3.1' ? 60 : 20
    // What stands alone in a list is asked about singly: clients and connections, twenty of each at most.
    const evidence = 40
    expect(report.chains[0]!.requests).toBeLessThanOrEqual(expiring + idle + lists + evidence)
  })
})
