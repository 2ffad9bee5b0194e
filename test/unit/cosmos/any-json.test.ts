// No JSON makes a question throw anything but the two errors that it may.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBalance, readBalances } from '../../../src/cosmos/bank.ts'
import * as ibc from '../../../src/cosmos/ibc.ts'
import { readGovAddress, readNodeInfo } from '../../../src/cosmos/node.ts'
import { AnswerError, type ChainPool } from '../../../src/cosmos/types.ts'
import { UpstreamError } from '../../../src/kernel/errors.ts'
import { chainOf } from './tiny-chain.ts'
import { at, fastClock, poolOver } from './tiny-node.ts'

describe('whatever JSON comes', () => {
  it('nothing but UpstreamError and AnswerError is thrown', async () => {
    let body: unknown
    let status = 200
    const { node } = await chainOf(() => ({ status, headers: at(100), body: JSON.stringify(body) }))
    const questionsOf = (chain: ChainPool): (() => Promise<unknown>)[] => [
      () => ibc.listClients(chain),
      () => ibc.listConnections(chain),
      () => ibc.listChannels(chain),
      () => ibc.readClient(chain, 'x-1'),
      () => ibc.readConsensusTime(chain, 'x-1', { revision: 0n, height: 1n }, { atLeastHeight: 1n }),
      () => ibc.readConnection(chain, 'x-1'),
      () => ibc.readConnectionChannels(chain, 'x-1'),
      () => ibc.readAllowedClients(chain),
      () => ibc.readClientStatus(chain, 'x-1'),
      () => ibc.hasCounterpartyV2(chain, 'x-1'),
      () => readBalance(chain, 'x', 'y'),
      () => readBalances(chain, 'x'),
      () => readNodeInfo(chain),
      () => readGovAddress(chain),
    ]
    const keys = [
      'client_states',
      'client_state',
      'connections',
      'channels',
      'balances',
      'pagination',
      'consensus_state',
      'status',
      'params',
      '@type',
      'code',
      'message',
    ]
    const value = fc.jsonValue({ maxDepth: 2 })
    const fitting = fc.dictionary(
      fc.constantFrom(...keys),
      fc.oneof(
        value,
        fc.array(fc.dictionary(fc.constantFrom('client_id', 'client_state', 'id', 'denom'), value), {
          maxLength: 2,
        }),
      ),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(value, fitting),
        fc.constantFrom(200, 200, 200, 400, 404),
        async (json, code) => {
          body = json
          status = code
          const chain = poolOver([node], { wireClock: fastClock })
          for (const result of await Promise.allSettled(questionsOf(chain).map((ask) => ask()))) {
            if (result.status === 'fulfilled') continue
            expect(result.reason instanceof UpstreamError || result.reason instanceof AnswerError).toBe(true)
          }
          await chain.close()
        },
      ),
      { numRuns: 25 },
    )
  })
})
