// A light client of the sandbox: its states over time, its consensus states, and how both look as JSON.
import { createHash } from 'node:crypto'
import type { Height } from '../../src/cosmos/types.ts'
import { formatTimestampNs } from '../../src/kernel/nanotime.ts'
import type { Profile } from './profiles.ts'

/** What a client's state holds, by client type. Times in nanoseconds. */
export type ClientData =
  | {
      kind: 'tendermint'
      trackedChainId: string
      trustingPeriodNs: bigint
      unbondingPeriodNs: bigint
      maxClockDriftNs: bigint
      frozenHeight: Height
      latestHeight: Height
    }
  | { kind: 'solomachine'; sequence: number; frozen: boolean; timestampS: number }
  | { kind: 'wasm'; latestHeight: Height; checksum: string; data: string; status: string }
  | { kind: 'attestations'; latestHeight: bigint; frozen: boolean }
  /** A type that nobody knows yet: the raw fields of its state, and what the chain says of it. */
  | { kind: 'other'; typeUrl: string; fields: Record<string, unknown>; status: string }

interface Snapshot {
  sinceHeight: number
  data: ClientData
  json: string | null
}

/** A consensus state. `untilHeight`: the host height from which it is gone again. */
export interface ConsensusState {
  height: Height
  /** Null for types whose consensus state has no timestamp (wasm). */
  timestampNs: bigint | null
  sinceHeight: number
  untilHeight: number
}

/** One light client on its host chain. */
export class SandboxClient {
  readonly id: string
  /** The client type, such as `07-tendermint`. */
  readonly type: string
  readonly creator: string
  readonly consensus = new Map<string, ConsensusState>()
  /** The client on the other side, once a counterparty of IBC v2 was registered; else null. */
  v2Counterparty: string | null = null
  readonly #history: Snapshot[] = []
  #keys: string[] | null = null

  constructor(id: string, type: string, data: ClientData, sinceHeight: number, creator = '') {
    this.id = id
    this.type = type
    this.creator = creator
    this.#history.push({ sinceHeight, data, json: null })
  }

  /** The newest state. */
  get data(): ClientData {
    return this.#history.at(-1)!.data
  }

  /** The state as the host had it at `height`; null before the client was made. */
  dataAt(height: number): ClientData | null {
    return this.#snapshotAt(height)?.data ?? null
  }

  /** Replaces the state from host height `sinceHeight` on. */
  set(data: ClientData, sinceHeight: number): void {
    const last = this.#history.at(-1)!
    if (last.sinceHeight >= sinceHeight) {
      last.data = data
      last.json = null
    } else this.#history.push({ sinceHeight, data, json: null })
  }

  /** Forgets the past: what is true now has always been. For a chain that starts over at a low height. */
  flatten(): void {
    const last = this.#history.at(-1)!
    this.#history.length = 0
    this.#history.push({ ...last, sinceHeight: 0 })
    for (const [key, one] of this.consensus) {
      if (one.untilHeight !== Infinity) this.consensus.delete(key)
      else one.sinceHeight = 0
    }
    this.#keys = null
  }

  addConsensus(height: Height, timestampNs: bigint | null, sinceHeight: number): void {
    const key = heightKey(height)
    const known = this.consensus.get(key)
    if (known && known.untilHeight === Infinity) return
    this.consensus.set(key, { height, timestampNs, sinceHeight, untilHeight: Infinity })
    this.#keys = null
  }

  /** The consensus state at `height` as the host had it at `hostHeight`. */
  consensusAt(height: Height, hostHeight: number): ConsensusState | null {
    const one = this.consensus.get(heightKey(height))
    return one && one.sinceHeight <= hostHeight && one.untilHeight > hostHeight ? one : null
  }

  /** Takes a consensus state away from `hostHeight` on. */
  dropConsensus(height: Height, hostHeight: number): void {
    const one = this.consensus.get(heightKey(height))
    if (one) one.untilHeight = hostHeight
    this.#keys = null
  }

  /** The `client_state` as compact JSON; kept until the state changes. Null before the client was made. */
  json(height: number, profile: Profile): string | null {
    const snapshot = this.#snapshotAt(height)
    if (!snapshot) return null
    snapshot.json ??= clientStateJson(snapshot.data, profile)
    return snapshot.json
  }

  /** The raw keys below `clients/`, sorted, as the newest state has them. */
  keys(connected: boolean): readonly string[] {
    if (this.#keys && this.#keys.includes(`/${this.id}/connections`) === connected) return this.#keys
    const keys = [`/${this.id}/clientState`]
    if (connected) keys.push(`/${this.id}/connections`)
    if (this.v2Counterparty !== null) keys.push(`/${this.id}/counterparty`)
    for (const one of this.consensus.values()) {
      if (one.untilHeight !== Infinity) continue
      const base = `/${this.id}/consensusStates/${heightKey(one.height)}`
      keys.push(base, `${base}/processedHeight`, `${base}/processedTime`)
      keys.push(`/${this.id}/iterateConsensusStates${bigEndian(one.height)}`)
    }
    this.#keys = keys.sort()
    return this.#keys
  }

  /** Call after a change of what `keys` is made of. */
  forgetKeys(): void {
    this.#keys = null
  }

  #snapshotAt(height: number): Snapshot | undefined {
    const last = this.#history.at(-1)!
    return last.sinceHeight <= height ? last : this.#history.findLast((one) => one.sinceHeight <= height)
  }
}

/** `{revision}-{height}` as it stands in store keys. */
export function heightKey(height: Height): string {
  return `${height.revision}-${height.height}`
}

/** `{"revision_number","revision_height"}` */
export function heightJson(height: Height): string {
  return `{"revision_number":"${height.revision}","revision_height":"${height.height}"}`
}

function bigEndian(height: Height): string {
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64BE(height.revision)
  bytes.writeBigUInt64BE(height.height, 8)
  return bytes.toString('latin1')
}

/** Nanoseconds as protobuf writes a duration: `45s`, `0.500s`, `200.000000001s`. */
export function durationJson(ns: bigint): string {
  const rest = ns % 1_000_000_000n
  if (rest === 0n) return `${ns / 1_000_000_000n}s`
  const digits = rest
    .toString()
    .padStart(9, '0')
    .replace(/(000)+$/, '')
  return `${ns / 1_000_000_000n}.${digits}s`
}

function clientStateJson(data: ClientData, profile: Profile): string {
  switch (data.kind) {
    case 'tendermint':
      return (
        `{"@type":"/ibc.lightclients.tendermint.v1.ClientState","chain_id":${JSON.stringify(data.trackedChainId)},` +
        `"trust_level":{"numerator":"1","denominator":"3"},"trusting_period":"${durationJson(data.trustingPeriodNs)}",` +
        `"unbonding_period":"${durationJson(data.unbondingPeriodNs)}",` +
        `"max_clock_drift":"${durationJson(data.maxClockDriftNs)}","frozen_height":${heightJson(data.frozenHeight)},` +
        `"latest_height":${heightJson(data.latestHeight)},"proof_specs":${proofSpecs(profile)},` +
        `"upgrade_path":["upgrade","upgradedIBCState"],"allow_update_after_expiry":false,` +
        `"allow_update_after_misbehaviour":false}`
      )
    case 'solomachine':
      return JSON.stringify({
        '@type': `/ibc.lightclients.solomachine.${profile.version === 'v6' ? 'v2' : 'v3'}.ClientState`,
        sequence: String(data.sequence),
        is_frozen: data.frozen,
        consensus_state: {
          public_key: {
            '@type': '/cosmos.crypto.secp256k1.PubKey',
            key: 'A1dD8uG6fYzT4m0XqXQYrF4S2uHkS6mJp4hPq1Yb0dQz',
          },
          diversifier: 'sandbox',
          timestamp: String(data.timestampS),
        },
        ...(profile.version === 'v6' ? { allow_update_after_proposal: false } : {}),
      })
    case 'wasm':
      return (
        `{"@type":"/ibc.lightclients.wasm.v1.ClientState","data":"${data.data}","checksum":"${data.checksum}",` +
        `"latest_height":${heightJson(data.latestHeight)}}`
      )
    case 'attestations':
      return (
        '{"@type":"/ibc.lightclients.attestations.v1.ClientState",' +
        '"attestor_addresses":["0x1111111111111111111111111111111111111111"],"min_required_sigs":1,' +
        `"latest_height":"${data.latestHeight}","is_frozen":${data.frozen}}`
      )
    case 'other':
      return JSON.stringify({ '@type': data.typeUrl, ...data.fields })
  }
}

/** A consensus state as compact JSON. */
export function consensusJson(client: SandboxClient, state: ConsensusState): string {
  const seed = `${client.id}/${heightKey(state.height)}`
  switch (client.data.kind) {
    case 'wasm':
      return `{"@type":"/ibc.lightclients.wasm.v1.ConsensusState","data":"${digest(seed, 'base64')}"}`
    case 'attestations':
      return `{"@type":"/ibc.lightclients.attestations.v1.ConsensusState","timestamp":"${state.timestampNs ?? 0n}"}`
    default:
      return (
        '{"@type":"/ibc.lightclients.tendermint.v1.ConsensusState",' +
        `"timestamp":"${timestampJson(state.timestampNs ?? 0n)}","root":{"hash":"${digest(seed, 'base64')}"},` +
        `"next_validators_hash":"${digest(seed, 'hex').toUpperCase()}"}`
      )
  }
}

/** Nanoseconds as protobuf writes a timestamp: 0, 3, 6 or 9 decimals. */
export function timestampJson(ns: bigint): string {
  const text = formatTimestampNs(ns) ?? '1970-01-01T00:00:00Z'
  const decimals = /\.(\d+)Z$/.exec(text)?.[1]
  if (!decimals) return text
  return text.replace(/\.\d+Z$/, `.${decimals.padEnd(Math.ceil(decimals.length / 3) * 3, '0')}Z`)
}

/** A made-up hash that is always the same for the same seed. */
export function digest(seed: string, encoding: 'base64' | 'hex'): string {
  return createHash('sha256').update(seed).digest(encoding)
}

/** The proof specs of IAVL and the simple Merkle store: most of a client state's 1.2 KB. */
const PROOF_SPECS = [
  { child_size: 33, min_prefix_length: 4, max_prefix_length: 12 },
  { child_size: 32, min_prefix_length: 1, max_prefix_length: 1 },
].map((inner) => ({
  leaf_spec: {
    hash: 'SHA256',
    prehash_key: 'NO_HASH',
    prehash_value: 'SHA256',
    length: 'VAR_PROTO',
    prefix: 'AA==',
  },
  inner_spec: { child_order: [0, 1], ...inner, empty_child: null, hash: 'SHA256' },
  max_depth: 0,
  min_depth: 0,
}))
const PROOF_SPECS_V6 = JSON.stringify(PROOF_SPECS)
const PROOF_SPECS_LATER = JSON.stringify(
  PROOF_SPECS.map((one) => ({ ...one, prehash_key_before_comparison: false })),
)

function proofSpecs(profile: Profile): string {
  return profile.version === 'v6' ? PROOF_SPECS_V6 : PROOF_SPECS_LATER
}
