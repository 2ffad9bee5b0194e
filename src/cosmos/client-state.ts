// Decodes one light client's state, of every client type, from the JSON of its `Any`.
import { z } from 'zod'
import { durationNs, firstIssue, height, uint64 } from './schemas.ts'
import type { ClientState, Height, MalformedClient } from './types.ts'

type Decoded = Pick<ClientState, 'rule' | 'trackedChainId' | 'latestHeight' | 'trustingPeriodNs' | 'frozen'>

const nothing: Decoded = {
  rule: 'ask',
  trackedChainId: null,
  latestHeight: null,
  trustingPeriodNs: null,
  frozen: false,
}

const tendermint = z
  .object({
    chain_id: z.string(),
    trusting_period: durationNs,
    frozen_height: height,
    latest_height: height,
  })
  .transform(
    (state): Decoded => ({
      rule: 'tendermint',
      trackedChainId: state.chain_id,
      latestHeight: state.latest_height,
      trustingPeriodNs: state.trusting_period,
      // ibc-go: `!FrozenHeight.IsZero()`, and a height is zero only when both of its parts are.
      frozen: state.frozen_height.revision !== 0n || state.frozen_height.height !== 0n,
    }),
  )

const solomachine = z
  .object({ is_frozen: z.boolean() })
  .transform((state): Decoded => ({ ...nothing, rule: 'flag', frozen: state.is_frozen }))

const localhost = z
  .object({ latest_height: height.optional() })
  .transform((state): Decoded => ({ ...nothing, rule: 'flag', latestHeight: state.latest_height ?? null }))

const attestations = z.object({ is_frozen: z.boolean(), latest_height: uint64 }).transform(
  (state): Decoded => ({
    ...nothing,
    rule: 'flag',
    latestHeight: { revision: 0n, height: state.latest_height },
    frozen: state.is_frozen,
  }),
)

/** Types without a rule here: what can be read is kept, and the chain is asked for the status. */
const other = z.record(z.string(), z.unknown()).transform((state): Decoded => {
  const chainId = state.chain_id
  return {
    ...nothing,
    trackedChainId: typeof chainId === 'string' && chainId !== '' ? chainId : null,
    latestHeight: anyHeight(state.latest_height),
  }
})

/** By the name of their module. */
const TYPES = new Map<string | undefined, z.ZodType<Decoded>>(
  Object.entries({ tendermint, solomachine, localhost, attestations }),
)

const typed = z.object({ '@type': z.string() })

/**
 * Decodes a client state. `from` is the answer it came in: its height header and its endpoint; `where` (endpoint, path
 * and field) begins what is said of a malformed one. Never throws.
 */
export function decodeClientState(
  clientId: string,
  any: unknown,
  from: { height: bigint | null; endpoint: string },
  where = '',
): ClientState | MalformedClient {
  const clientType = clientTypeOf(clientId)
  const type = typed.safeParse(any)
  const typeUrl = type.success ? type.data['@type'] : ''
  const module = /^\/ibc\.lightclients\.(\w+)\.v\d+\.ClientState$/.exec(typeUrl)?.[1]
  const schema = TYPES.get(module) ?? other
  const state = type.success ? schema.safeParse(any) : type
  if (!state.success) return { clientId, clientType, problem: firstIssue(state.error, where) }
  return {
    clientId,
    clientType,
    readAtHeight: from.height,
    endpoint: from.endpoint,
    ...(state.data as Decoded),
  }
}

/** The client type that an id begins with: `07-tendermint-12` is a `07-tendermint`; `09-localhost` has no number. */
export function clientTypeOf(clientId: string): string {
  return clientId.replace(/-\d+$/, '')
}

/** Whether a client of a list could not be understood. */
export function isMalformed(client: ClientState | MalformedClient): client is MalformedClient {
  return 'problem' in client
}

function anyHeight(value: unknown): Height | null {
  const pair = height.safeParse(value)
  if (pair.success) return pair.data
  const plain = uint64.safeParse(value)
  return plain.success ? { revision: 0n, height: plain.data } : null
}
