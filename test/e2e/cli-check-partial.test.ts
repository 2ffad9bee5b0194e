// What `check` says of a chain that it could read only in part, and of named clients.
import { afterEach, describe, expect, it } from 'vitest'
import { closeOutside, makeOutside } from '../support/bot-process.ts'
import { build, check } from '../support/check.ts'

afterEach(closeOutside)

describe('a chain of which something could not be read', () => {
  it('is exit code 3 and a reason, not silence', async () => {
    const world = await makeOutside({
      build,
      endpoints: { 'alpha-1': [{ only: /channel\/v1\/channels/, rewrite: () => '{}' }] },
    })
    const { code, report } = await check(world, '--fail-on', 'never')
    expect(code).toBe(3)
    expect(report.chains[0]).toMatchObject({
      status: 'ok',
      reason: expect.stringMatching(/^not all of it could be read: channels: /),
    })
    expect(report.chains[1]).toMatchObject({ status: 'ok', reason: null })
  })

  it('also where it is one of the named connections', async () => {
    const world = await makeOutside({ build })
    world.configure((config) => ({
      ...config,
      chains: (config.chains as object[]).map((chain) => ({
        ...chain,
        connections: ['connection-0', 'connection-99'],
      })),
    }))
    const { code, report } = await check(world, '--fail-on', 'never')
    expect(code).toBe(3)
    expect(report.chains[0].reason).toContain('connection-99')
  })
})

describe('--client', () => {
  it('says what surrounds the client, and fails only for one that alerts are about', async () => {
    const world = await makeOutside({ build })
    const [used, stranger, both] = await Promise.all([
      check(world, '--client', '07-tendermint-0', '--chain', 'alpha-1'),
      check(world, '--client', '07-tendermint-1', '--chain', 'alpha-1'),
      check(world, '--client', '07-tendermint-1', '--client', '07-tendermint-0'),
    ])
    expect(used.clients).toMatchObject([
      { clientId: '07-tendermint-0', connectionIds: ['connection-0'], attention: 'live', status: 'expired' },
    ])
    expect(stranger.clients).toMatchObject([
      { clientId: '07-tendermint-1', connectionIds: [], attention: 'idle', status: 'expired' },
    ])
    expect([used.code, stranger.code]).toEqual([1, 0])
    // `beta-1` has no 07-tendermint-1: that is no failure to read it.
    expect(both.clients.map(({ hostChainId, clientId }) => `${hostChainId} ${clientId}`).sort()).toEqual([
      'alpha-1 07-tendermint-0',
      'alpha-1 07-tendermint-1',
      'beta-1 07-tendermint-0',
    ])
  })

  it('that no chain has is a mistake in the command; not where a chain could not be asked', async () => {
    const world = await makeOutside({ build })
    const absent = await check(world, '--client', '07-tendermint-77')
    expect(absent.code).toBe(2)
    expect(absent.err).toContain('--client 07-tendermint-77: not on alpha-1, beta-1')
    await world.endpoints.get('beta-1')![0]!.stop()
    expect((await check(world, '--client', '07-tendermint-77')).code).toBe(3)
  })
})
