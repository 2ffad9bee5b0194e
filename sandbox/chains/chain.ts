// One chain of the sandbox: what its store holds and which blocks it has made. It knows nothing of HTTP.
import type { Height } from '../../src/cosmos/types.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { BlockLine } from './blocks.ts'
import type { SandboxClient } from './client.ts'
import { type IbcGoVersion, PROFILES, type Profile } from './profiles.ts'
import { type ClientStatus, statusOf } from './verdict.ts'

export interface SandboxConnection {
  id: string
  clientId: string
  state: string
  counterparty: { clientId: string; connectionId: string }
  delayPeriodNs: bigint
  sinceHeight: number
}

export interface SandboxChannel {
  id: string
  portId: string
  state: string
  ordering: string
  version: string
  connectionId: string
  counterparty: { channelId: string; portId: string }
  nextSequenceSend: number
  sinceHeight: number
}

export interface ChainOptions {
  chainId: string
  version?: IbcGoVersion
  /** Time between two blocks; 6 s. */
  blockIntervalMs?: number
  /** Height of the newest block when the chain is added; 1,000,000, so that there is a past to speak of. */
  height?: number
  /** `allowed_clients`; `*`. */
  allowedClients?: string[]
  bech32Prefix?: string
  bondDenom?: string
  mintDenom?: string
}

/** A chain: clients, connections, channels and bank, with the blocks that its clock has made so far. */
export class SandboxChain {
  readonly chainId: string
  readonly profile: Profile
  readonly blocks: BlockLine
  readonly clients = new Map<string, SandboxClient>()
  readonly connections = new Map<string, SandboxConnection>()
  readonly channels = new Map<string, SandboxChannel>()
  /** Transactions that updated a client, the oldest first. */
  readonly updates: { clientId: string; signer: string; height: number; code: number }[] = []
  allowedClients: string[]
  readonly bech32Prefix: string
  bondDenom: string
  mintDenom: string
  unbondingTimeS = 1_814_400
  minDeposit = '10000000'
  votingPeriodS = 432_000
  /** Lowest height whose state the chain's nodes still have. */
  earliestStateHeight = 1
  /** Address → denom → amount in base units. */
  readonly balances = new Map<string, Map<string, bigint>>()
  /** Address → denom → how much of the balance is locked, as by a vesting account. */
  readonly locked = new Map<string, Map<string, bigint>>()
  /** Denom → its entry of `/denoms_metadata`. */
  readonly denomsMetadata = new Map<string, object>()
  /** Raised with every change of the store; caches hang on it. */
  mutations = 0
  /** Host height of the newest change; a view below it must not use what is cached for the newest state. */
  lastChangeHeight = 0
  /** Called after every change, of the blocks' making too. */
  onChange: () => void = () => {}
  nextClient = 0
  nextConnection = 0
  nextChannel = 0

  constructor(clock: Clock, options: ChainOptions) {
    this.chainId = options.chainId
    this.profile = PROFILES[options.version ?? 'v8']
    this.blocks = new BlockLine(clock, options.height ?? 1_000_000, options.blockIntervalMs ?? 6_000)
    this.allowedClients = options.allowedClients ?? ['*']
    this.bech32Prefix = options.bech32Prefix ?? 'cosmos'
    this.bondDenom = options.bondDenom ?? 'stake'
    this.mintDenom = options.mintDenom ?? this.bondDenom
  }

  /** The number after the chain id's last dash, as IBC reads it; 0 where there is none. */
  get revision(): bigint {
    return revisionOf(this.chainId)
  }

  get height(): number {
    return this.blocks.height
  }

  /** `{revision}-{height}` of the newest block. */
  get latestHeight(): Height {
    return { revision: this.revision, height: BigInt(this.height) }
  }

  /** The chain stops making blocks; it goes on answering. */
  halt(): void {
    this.blocks.halt()
  }

  resume(oldBlocks = 0): void {
    this.blocks.resume(oldBlocks)
    this.onChange()
  }

  /** Starts again at a low height under the same id, with the state that it has. */
  startOver(height = 1): void {
    this.blocks.startOver(height)
    for (const client of this.clients.values()) client.flatten()
    for (const one of [...this.connections.values(), ...this.channels.values()]) one.sinceHeight = 0
    this.earliestStateHeight = 1
    this.lastChangeHeight = 0
    this.mutations++
    this.onChange()
  }

  /** To be called with every change of the store. */
  changed(): void {
    this.mutations++
    this.lastChangeHeight = this.height
    this.onChange()
  }

  client(clientId: string): SandboxClient {
    const client = this.clients.get(clientId)
    if (!client) throw new Error(`${this.chainId} has no client ${clientId}`)
    return client
  }

  /** What the chain itself says of a client in its newest block. */
  status(clientId: string): ClientStatus {
    const height = this.height
    return statusOf(this, this.client(clientId), { height, blockTimeNs: this.blocks.timeNs(height) })
  }

  /** Unix nanoseconds at which a tendermint client expires; null for other clients and without consensus state. */
  deadlineNs(clientId: string): bigint | null {
    const client = this.client(clientId)
    const { data } = client
    if (data.kind !== 'tendermint') return null
    const timestampNs = client.consensusAt(data.latestHeight, this.height)?.timestampNs
    return timestampNs == null ? null : timestampNs + data.trustingPeriodNs
  }

  setBalance(address: string, denom: string, amount: bigint): void {
    setAmount(this.balances, address, denom, amount)
  }

  /** So much of the balance cannot be spent, whatever the balance is. */
  setLocked(address: string, denom: string, amount: bigint): void {
    setAmount(this.locked, address, denom, amount)
  }
}

function setAmount(of: Map<string, Map<string, bigint>>, address: string, denom: string, amount: bigint) {
  const amounts = of.get(address) ?? new Map<string, bigint>()
  if (amount === 0n) amounts.delete(denom)
  else amounts.set(denom, amount)
  of.set(address, amounts)
}

/** The revision that a chain id ends with (`osmosis-1` → 1); 0 where it has none. */
export function revisionOf(chainId: string): bigint {
  const match = /^.*[^\n-]-([1-9]\d*)$/.exec(chainId)
  return match ? BigInt(match[1]!) : 0n
}
