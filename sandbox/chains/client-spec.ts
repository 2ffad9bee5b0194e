// How a scenario describes a new light client, and the state that it gets.
import type { Height } from '../../src/cosmos/types.ts'
import { msToNs } from '../../src/kernel/nanotime.ts'
import type { ClientData } from './client.ts'

const DAY_MS = 86_400_000

/** `0-0`: not frozen. */
export const NO_HEIGHT: Height = { revision: 0n, height: 0n }

/** What a new client is to be. Where several say when it was updated last, the first of them counts. */
export interface ClientSpec {
  /** Chain id of the chain that it follows; needs not be in the world. */
  tracks?: string
  /** `07-tendermint` (the default), `06-solomachine`, `08-wasm`, `attestations`, or anything else. */
  type?: string
  id?: string
  trustingPeriodMs?: number
  trustingPeriodNs?: bigint
  unbondingPeriodMs?: number
  latestHeight?: Height
  /** Header time of the newest consensus state, Unix nanoseconds; exact. */
  timestampNs?: bigint
  /** How long before now the newest consensus state's header was made. */
  ageMs?: number
  /** Leaves the consensus state at the latest height out. */
  consensusAbsent?: boolean
  frozen?: boolean
  frozenHeight?: Height
  /** What `client_status` says of a type without a rule (wasm, unknown ones). */
  status?: string
  /** Raw fields and `@type` of a client of an unknown type. */
  typeUrl?: string
  fields?: Record<string, unknown>
  /** Host height from which the client exists; 0, so that lagging nodes know it as well. */
  sinceHeight?: number
}

/** The state of a new client of `type`. */
export function clientData(
  type: string,
  spec: ClientSpec,
  latestHeight: Height,
  timestampNs: bigint,
): ClientData {
  switch (type) {
    case '07-tendermint':
      return {
        kind: 'tendermint',
        trackedChainId: spec.tracks ?? '',
        trustingPeriodNs: spec.trustingPeriodNs ?? msToNs(spec.trustingPeriodMs ?? 14 * DAY_MS),
        unbondingPeriodNs: msToNs(spec.unbondingPeriodMs ?? 21 * DAY_MS),
        maxClockDriftNs: msToNs(40_000),
        frozenHeight: spec.frozenHeight ?? (spec.frozen ? { revision: 0n, height: 1n } : NO_HEIGHT),
        latestHeight,
      }
    case '06-solomachine':
      return {
        kind: 'solomachine',
        sequence: 1,
        frozen: spec.frozen ?? false,
        timestampS: Number(timestampNs / 1_000_000_000n),
      }
    case '08-wasm':
      return {
        kind: 'wasm',
        latestHeight,
        checksum: 'b3JpZ2luYWwgY2hlY2tzdW0gb2YgdGhlIHNhbmRib3g=',
        data: 'eyJzYW5kYm94Ijp0cnVlfQ==',
        status: spec.status ?? (spec.frozen ? 'Frozen' : 'Active'),
      }
    case 'attestations':
      return { kind: 'attestations', latestHeight: latestHeight.height, frozen: spec.frozen ?? false }
    default:
      return {
        kind: 'other',
        typeUrl: spec.typeUrl ?? '/ibc.lightclients.sandbox.v1.ClientState',
        fields: spec.fields ?? {},
        status: spec.status ?? 'Active',
      }
  }
}
