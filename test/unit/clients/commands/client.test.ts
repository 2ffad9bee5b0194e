// What `client` answers: the verdict, both ends, what mends it, what changed, and which one is meant.
import { describe, expect, it } from 'vitest'
import type { HistoryRow } from '../../../../src/clients/types.ts'
import { DAY_MS, HOUR_MS } from '../../../../src/kernel/duration.ts'
import { msToNs } from '../../../../src/kernel/nanotime.ts'
import { aClient, NOW, textOf, theOtherEnd } from '../../../support/client-rows.ts'
import { commandsOf, refusal, run } from '../../../support/report-commands.ts'

const t = (ms: number, form = 'R') => `<t:${Math.floor(ms / 1000)}:${form}>`

describe('client', () => {
  const row = aClient()
  const clients = [row, theOtherEnd(9.5 * DAY_MS), aClient({ clientId: '07-tendermint-9' })]

  it('shows the verdict, both ends, and the command that updates it', async () => {
    const text = textOf(await run({ clients }, 'client', { client: '07-tendermint-1' }))
    expect(text).toContain('🟡 Osmosis 07-tendermint-1 (tracks Cosmos Hub)')
    expect(text).toContain('**warning**, 67 h left: expires ')
    expect(text).toContain('80 % of 14 d used')
    expect(text).toContain('Latest height 4-28104233')
    expect(text).toContain('Trusting period 14 d')
    expect(text).toContain('Connections: connection-1')
    expect(text).toContain('3 open channels: channel-0, channel-4, channel-9')
    expect(text).toContain('🟢 Cosmos Hub `07-tendermint-259` (connection-257): **ok**, 9 d left')
    expect(text).toContain('hermes update client --host-chain osmosis-1 --client 07-tendermint-1')
    expect(text).toContain('`rly transact update-clients <path name>`')
    expect(text).toContain(`Read ${t(NOW - 1000)} from lcd-a.example.org`)
    expect(text).not.toContain('recover-client')
  })

  it('shows what governance needs when it is past saving, for the version of the chain', async () => {
    const dead = aClient({ status: 'expired' }, NOW - DAY_MS)
    const recent = await run({ clients: [dead], ibcGoMajor: async () => 8 }, 'client', {
      client: dead.clientId,
    })
    expect(textOf(recent)).toContain('osmosisd tx ibc client recover-client 07-tendermint-1 <substitute>')
    expect(textOf(recent)).not.toContain('submit-legacy-proposal')
    const old = await run({ clients: [dead], ibcGoMajor: async () => 7 }, 'client', { client: dead.clientId })
    expect(textOf(old)).toContain('submit-legacy-proposal update-client 07-tendermint-1 <substitute>')
    const down = async () => Promise.reject(new Error('no endpoint'))
    const unknown = await run({ clients: [dead], ibcGoMajor: down }, 'client', { client: dead.clientId })
    expect(textOf(unknown)).toContain('# ibc-go v8 and later')
    expect(textOf(unknown)).not.toContain('hermes update')
  })

  it('shows what changed, the latest first', async () => {
    const at = (hours: number, more: Partial<HistoryRow> = {}): HistoryRow => ({
      ...row,
      atMs: NOW - hours * HOUR_MS,
      ...more,
    })
    const before = { latestHeight: { revision: 4n, height: 1n }, lastUpdateNs: msToNs(NOW - 20 * DAY_MS) }
    const history = [at(1, { severity: 'warning' }), at(5), at(9, { ...before, severity: 'critical' })]
    const text = textOf(await run({ clients, history }, 'client', { client: '07-tendermint-1' }))
    expect(text).toContain(
      [
        `${t(NOW - HOUR_MS, 'f')} 🟡 warning`,
        `${t(NOW - 5 * HOUR_MS, 'f')} 🟢 ok · updated to 4-28104233`,
        `${t(NOW - 9 * HOUR_MS, 'f')} 🟠 critical`,
      ].join('\n'),
    )
  })

  it('calls nothing expired in the history that its chain had not judged yet', async () => {
    const history = [{ ...row, atMs: NOW - HOUR_MS, severity: 'expired' as const, status: 'active' as const }]
    const text = textOf(await run({ clients, history }, 'client', { client: '07-tendermint-1' }))
    expect(text).toContain(`${t(NOW - HOUR_MS, 'f')} 🔴 past its deadline by the clock`)
  })

  it('says when the other end is not watched, and when it cannot be read itself', async () => {
    const alone = aClient({ unseenSinceMs: NOW - HOUR_MS, reason: 'lcd-a: 500' })
    const text = textOf(await run({ clients: [alone] }, 'client', { client: '07-tendermint-1' }))
    expect(text).toContain('⚪ Cosmos Hub `07-tendermint-259` (connection-257): not watched, not read yet')
    expect(text).toContain(`⚫ It cannot be read since ${t(NOW - HOUR_MS)}: \`lcd-a: 500\``)
    const far = [{ chainId: 'juno-1', clientId: '07-tendermint-5', connectionId: 'connection-3' }]
    const unknown = textOf(
      await run({ clients: [aClient({ farEnds: far })] }, 'client', { client: '07-tendermint-1' }),
    )
    expect(unknown).toContain(
      '⚪ juno-1 `07-tendermint-5` (connection-3): not watched, this chain is not in the configuration',
    )
  })

  it('lists the choices, as commands to type, where an id is there on several chains', async () => {
    const twice = [aClient(), aClient({ chainId: 'cosmoshub-4', trackedChainId: 'osmosis-1' })]
    const message = await refusal(run({ clients: twice }, 'client', { client: '07-TENDERMINT-1' }))
    expect(message.split('\n')).toEqual([
      '`07-TENDERMINT-1` is there on 2 chains. Say which one:',
      '`$client 07-tendermint-1 osmosis-1` Osmosis 07-tendermint-1 (tracks Cosmos Hub)',
      '`$client 07-tendermint-1 cosmoshub-4` Cosmos Hub 07-tendermint-1 (tracks Osmosis)',
    ])
    for (const args of [
      { client: '07-tendermint-1', chain: 'Cosmos Hub' },
      { client: 'cosmoshub', chain: '07-tendermint-1' },
      { client: 'cosmoshub-4/07-tendermint-1' },
      { client: 'cosmoshub/07-tendermint-1' },
    ]) {
      expect(textOf(await run({ clients: twice }, 'client', args))).toContain('Cosmos Hub 07-tendermint-1')
    }
  })

  it('names the nearest clients where there is no such one', async () => {
    const message = await refusal(
      run({ clients }, 'client', { client: '07-tendermint-99 @everyone', chain: 'osmosis' }),
    )
    expect(message).toContain('There is no client `07-tendermint-99 @everyone` on Osmosis. The nearest:')
    expect(message).toContain('`$client 07-tendermint-9 osmosis-1`')
    expect(message).toContain('`$data osmosis-1` lists all.')
    expect(message).not.toContain('07-tendermint-259')
    expect(await refusal(run({ clients: [] }, 'client', { client: '07-tendermint-1' }))).toContain(
      'See `$status`.',
    )
    expect(await refusal(run({ clients }, 'client', { client: 'x', chain: 'cosmoshub-5' }))).toContain(
      'Did you mean `cosmoshub-4` (Cosmos Hub)?',
    )
  })

  it('completes ids so that they are unambiguous', () => {
    const command = commandsOf({ clients }).find(({ name }) => name === 'client')!
    const offered = command.args[0]!.complete!('tendermint-2')
    expect(offered).toEqual([
      { name: 'Cosmos Hub 07-tendermint-259 (tracks Osmosis)', value: 'cosmoshub-4/07-tendermint-259' },
    ])
    expect(command.args[1]!.complete!('hub')).toEqual([
      { name: 'Cosmos Hub (cosmoshub-4)', value: 'cosmoshub-4' },
    ])
  })
})
