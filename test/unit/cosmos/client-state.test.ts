// Every recorded client state of every recorded version, and the ways in which one can be malformed.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientTypeOf, decodeClientState, isMalformed } from '../../../src/cosmos/client-state.ts'
import { RECORDED_VERSIONS, recordingsOf, singleClients } from '../../support/fixtures.ts'

const from = (height: bigint | null) => ({ height, endpoint: 'http://lcd' })

const zero = { revision_number: '0', revision_height: '0' }
const tendermint = (changed: object = {}) => ({
  '@type': '/ibc.lightclients.tendermint.v1.ClientState',
  chain_id: 'other-1',
  trusting_period: '1209600s',
  frozen_height: zero,
  latest_height: { revision_number: '1', revision_height: '10' },
  ...changed,
})

describe.each(RECORDED_VERSIONS)('recorded on ibc-go %s', (version) => {
  const clients = singleClients(recordingsOf(version)).filter(({ clientState }) => clientState.status === 200)

  it('decodes every client, and sees frozen where the chain does', () => {
    expect(clients.length).toBeGreaterThan(5)
    for (const { name, clientState, clientStatus } of clients) {
      const id = clientState.request.path.split('/').at(-1)!
      const decoded = decodeClientState(id, JSON.parse(clientState.body).client_state, from(1n))
      if (isMalformed(decoded)) throw new Error(`${name}: ${decoded.problem}`)
      expect([name, decoded.frozen]).toEqual([name, JSON.parse(clientStatus.body).status === 'Frozen'])
      expect([name, decoded.rule]).toEqual([name, id.startsWith('07-') ? 'tendermint' : 'flag'])
    }
  })
})

describe('tendermint', () => {
  it('keeps every nanosecond and every digit', () => {
    const any = tendermint({
      trusting_period: '200.000000001s',
      latest_height: { revision_number: '4', revision_height: '9223372036854775807' },
    })
    expect(decodeClientState('07-tendermint-8', any, from(311n))).toEqual({
      clientId: '07-tendermint-8',
      clientType: '07-tendermint',
      rule: 'tendermint',
      trackedChainId: 'other-1',
      latestHeight: { revision: 4n, height: 9223372036854775807n },
      trustingPeriodNs: 200_000_000_001n,
      frozen: false,
      readAtHeight: 311n,
      endpoint: 'http://lcd',
    })
  })

  it.each([
    [{ revision_number: '0', revision_height: '1' }, true],
    [{ revision_number: '1', revision_height: '0' }, true],
    [zero, false],
  ])('frozen_height %j', (frozen_height, frozen) => {
    expect(decodeClientState('07-tendermint-0', tendermint({ frozen_height }), from(null))).toMatchObject({
      frozen,
    })
  })
})

describe('other types', () => {
  const latest_height = { revision_number: '3', revision_height: '77' }
  it.each([
    [
      '06-solomachine-5',
      { '@type': '/ibc.lightclients.solomachine.v2.ClientState', is_frozen: true },
      { rule: 'flag', frozen: true, latestHeight: null },
    ],
    [
      '08-wasm-3',
      { '@type': '/ibc.lightclients.wasm.v1.ClientState', data: '', checksum: '', latest_height },
      { rule: 'ask', frozen: false, latestHeight: { revision: 3n, height: 77n } },
    ],
    [
      '09-localhost',
      { '@type': '/ibc.lightclients.localhost.v2.ClientState', latest_height },
      { rule: 'flag', clientType: '09-localhost' },
    ],
    [
      'attestations-128',
      { '@type': '/ibc.lightclients.attestations.v1.ClientState', latest_height: '123456', is_frozen: true },
      {
        rule: 'flag',
        frozen: true,
        clientType: 'attestations',
        latestHeight: { revision: 0n, height: 123456n },
      },
    ],
    [
      '10-new-1',
      { '@type': '/future.v1.ClientState', chain_id: 'x-1', latest_height: '5' },
      {
        rule: 'ask',
        trackedChainId: 'x-1',
        latestHeight: { revision: 0n, height: 5n },
        trustingPeriodNs: null,
      },
    ],
    [
      '10-new-2',
      { '@type': '/future.v1.ClientState', chain_id: 4, latest_height: [] },
      { rule: 'ask', trackedChainId: null, latestHeight: null },
    ],
  ])('%s', (id, any, expected) => {
    expect(decodeClientState(id, any, from(null))).toMatchObject(expected)
  })

  it.each([
    ['07-tendermint-0', '07-tendermint'],
    ['attestations-12', 'attestations'],
    ['09-localhost', '09-localhost'],
    ['a-b-c', 'a-b-c'],
  ])('the type of %s is %s', (id, type) => {
    expect(clientTypeOf(id)).toBe(type)
  })
})

describe('malformed', () => {
  it.each([
    [tendermint({ trusting_period: '14d' }), 'trusting_period: expected a duration such as 1209600s'],
    [
      tendermint({ latest_height: { revision_number: '1', revision_height: 'x' } }),
      'latest_height.revision_height: expected an integer as a string',
    ],
    [tendermint({ frozen_height: undefined }), 'frozen_height: '],
    [{ chain_id: 'x' }, '@type: '],
    [null, 'the whole answer: '],
  ])('%j', (any, problem) => {
    const decoded = decodeClientState('07-tendermint-0', any, from(5n))
    expect(isMalformed(decoded) && decoded.problem).toContain(problem)
  })

  it('names where it was read', () => {
    const where = 'https://lcd-a: /ibc/core/client/v1/client_states: client_states[3].client_state'
    const decoded = decodeClientState('07-tendermint-0', tendermint({ chain_id: 7 }), from(null), where)
    expect(isMalformed(decoded) && decoded.problem).toContain(`${where}.chain_id: `)
  })

  it('never throws', () => {
    const types = fc.constantFrom('tendermint', 'solomachine', 'localhost', 'attestations', 'wasm')
    fc.assert(
      fc.property(types, fc.jsonValue(), fc.jsonValue(), (type, latest_height, other) => {
        const any = {
          '@type': `/ibc.lightclients.${type}.v1.ClientState`,
          latest_height,
          is_frozen: other,
          chain_id: other,
        }
        expect(decodeClientState('x-1', any, from(null)).clientId).toBe('x-1')
        expect(decodeClientState('x-1', other, from(null)).clientId).toBe('x-1')
      }),
    )
  })
})
