// Every client that was recorded by itself, on every version: our verdict from the recorded answers is the chain's own.
import { describe, expect, it } from 'vitest'
import type { Recorded } from '../../sandbox/replay/recordings.ts'
import type { Thresholds } from '../../src/alerts/settings.ts'
import { assess, type Reading } from '../../src/clients/assess.ts'
import { decodeClientState, isMalformed } from '../../src/cosmos/ibc.ts'
import type { ClientState } from '../../src/cosmos/types.ts'
import { msToNs, nsToMs, parseTimestampNs } from '../../src/kernel/nanotime.ts'
import {
  consensusTime,
  RECORDED_VERSIONS,
  recordingsOf,
  singleClients,
  statusSamples,
} from '../support/fixtures.ts'

const PLAIN: Thresholds = { warnAt: 0.8, criticalAt: 0.9, warnWhenLeftMs: null, quietWhileLeftMs: null }

const said = (answer: Recorded) => (JSON.parse(answer.body) as { status: string }).status.toLowerCase()
/** The node's clock when it answered: within a block or two of its newest block. */
const askedNs = (answer: Recorded) => msToNs(Number(answer.headers['X-Server-Time']) * 1000)

function decode(clientId: string, any: unknown): ClientState {
  const state = decodeClientState(clientId, any, { height: null, endpoint: 'https://lcd' })
  if (isMalformed(state)) throw new Error(`${clientId}: ${state.problem}`)
  return state
}

const stateOf = (answer: Recorded) =>
  decode(
    decodeURIComponent(answer.request.path.split('/').at(-1)!),
    (JSON.parse(answer.body) as { client_state: unknown }).client_state,
  )

/** What a recorded answer about a consensus state means to the rule. */
const consensusOf = (answer: Recorded | null): Reading['consensus'] =>
  answer === null ? 'not-needed' : answer.status === 404 ? 'absent' : { ns: consensusTime(answer.body) }

function statusBy(
  state: ClientState,
  consensus: Reading['consensus'],
  hostTimeNs: bigint,
  allowed: string[] = [state.clientType],
): string {
  const { readAtHeight: _, endpoint, ...facts } = state
  const reading: Reading = {
    ...facts,
    authorized: allowed.includes(state.clientType),
    consensus,
    chainSays: null,
    hostTimeNs,
    endpoint,
    readMs: nsToMs(hostTimeNs),
  }
  return assess(reading, PLAIN, nsToMs(hostTimeNs)).status
}

describe.each(RECORDED_VERSIONS)('clients of ibc-go %s, recorded one by one', (version) => {
  const all = singleClients(recordingsOf(version)).filter(
    ({ clientState, clientStatus }) => clientState.status === 200 && clientStatus.status === 200,
  )
  // What only the chain can tell (rule `ask`) and what lacks the recording that the rule needs is no case here.
  const clients = all
    .map((one) => ({ ...one, state: stateOf(one.clientState) }))
    .filter(
      ({ state, consensusState }) => state.rule === 'flag' || (state.rule === 'tendermint' && consensusState),
    )

  it('there are some', () => expect(clients.length).toBeGreaterThan(2))

  it.each(clients.map((one) => [one.name, one] as const))(
    '%s',
    (_, { state, consensusState, clientStatus }) => {
      const consensus = consensusOf(state.rule === 'tendermint' ? consensusState : null)
      expect(statusBy(state, consensus, askedNs(clientStatus))).toBe(said(clientStatus))
    },
  )
})

describe.each(['v8.8.0', 'v10.7.0'] as const)(
  '%s with 07-tendermint taken out of allowed_clients',
  (version) => {
    const recordings = recordingsOf(version)
    const names = recordings
      .names('unauthorized-client_status-')
      .map((name) => name.slice('unauthorized-client_status-'.length))
      .filter((name) => recordings.has(`unauthorized-client_state-${name}`))
      .filter((name) => recordings.one(`unauthorized-client_state-${name}`).status === 200)

    it.each(names)('%s', (name) => {
      const state = stateOf(recordings.one(`unauthorized-client_state-${name}`))
      const clientStatus = recordings.one(`unauthorized-client_status-${name}`)
      const consensus = `unauthorized-consensus_state-${name}`
      const time = recordings.has(consensus) ? recordings.one(consensus) : null
      // The recorded params of v8 name the solo machine alone; those of the other versions were not recorded.
      expect(statusBy(state, consensusOf(time), askedNs(clientStatus), ['06-solomachine'])).toBe(
        said(clientStatus),
      )
    })
  },
)

describe('a restarted node of a halted chain', () => {
  /** Our verdict on the client whose deadline passed while the host was halted, by the host's newest block. */
  const judged = (version: 'v6.3.1' | 'v8.8.0' | 'v11.2.0') => {
    const recordings = recordingsOf(version)
    const { block } = recordings.body<{ block: { header: { time: string } } }>(
      'halted-restarted-blocks_latest-pinned',
    )
    const listed = recordings
      .body<{ client_states: { client_id: string; client_state: unknown }[] }>(
        'halted-restarted-client_states-pinned',
      )
      .client_states.find(({ client_id }) => client_id === '07-tendermint-0')!
    const state = decode('07-tendermint-0', listed.client_state)
    const sample = statusSamples(recordings, 'series-halted-host').find(
      ({ clientId }) => clientId === '07-tendermint-0',
    )!
    return statusBy(state, { ns: sample.consensusTimestampNs! }, parseTimestampNs(block.header.time)!)
  }

  it.each(['v6.3.1', 'v8.8.0'] as const)('%s says a false Active: the rule says Expired', (version) => {
    expect(said(recordingsOf(version).one('halted-restarted-client_status-expired-on-wall-pinned'))).toBe(
      'active',
    )
    expect(judged(version)).toBe('expired')
  })

  it('v11.2.0 pinned to its height says what the rule says', () => {
    expect(said(recordingsOf('v11.2.0').one('halted-restarted-client_status-expired-on-wall-pinned'))).toBe(
      'expired',
    )
    expect(judged('v11.2.0')).toBe('expired')
  })
})
