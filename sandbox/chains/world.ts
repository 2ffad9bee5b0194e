// The sandbox's world of chains: made by a scenario, moved by a clock, changed by its operations. No HTTP here.
import type { Height } from '../../src/cosmos/types.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { msToNs } from '../../src/kernel/nanotime.ts'
import { type ChainOptions, revisionOf, SandboxChain } from './chain.ts'
import { type ClientData, SandboxClient } from './client.ts'
import { type ClientSpec, clientData, NO_HEIGHT } from './client-spec.ts'
import { Relayer } from './relayer.ts'

export type { ClientSpec } from './client-spec.ts'

export interface ConnectionSpec {
  a?: Partial<ClientSpec> & { clientId?: string }
  b?: Partial<ClientSpec> & { clientId?: string }
  /** For both ends where the end does not say. */
  trustingPeriodMs?: number
  state?: string
  /** Transfer channels over it; 1. */
  channels?: number
  channelState?: string
}

export interface ConnectionEnd {
  chainId: string
  clientId: string
  connectionId: string
  channelIds: string[]
}

/** Chains that follow each other, on one clock. */
export class ChainWorld {
  readonly clock: Clock
  readonly chains = new Map<string, SandboxChain>()
  readonly relayer: Relayer

  constructor(clock: Clock) {
    this.clock = clock
    this.relayer = new Relayer(this)
  }

  addChain(options: ChainOptions): SandboxChain {
    if (this.chains.has(options.chainId)) throw new Error(`the world has a chain ${options.chainId} already`)
    const chain = new SandboxChain(this.clock, options)
    chain.onChange = () => this.relayer.look()
    this.chains.set(chain.chainId, chain)
    return chain
  }

  /** @throws when there is none of that id */
  chain(chainId: string): SandboxChain {
    const chain = this.chains.get(chainId)
    if (!chain) throw new Error(`the world has no chain ${chainId}`)
    return chain
  }

  /** Makes a light client on `hostId` and returns its id. */
  createClient(hostId: string, spec: ClientSpec): string {
    const host = this.chain(hostId)
    const type = spec.type ?? '07-tendermint'
    const id = spec.id ?? `${type}-${host.nextClient++}`
    if (host.clients.has(id)) throw new Error(`${hostId} has a client ${id} already`)
    const timestampNs = spec.timestampNs ?? msToNs(this.clock.now()) - msToNs(spec.ageMs ?? 0)
    const latestHeight = spec.latestHeight ?? this.#trackedHeightAt(spec.tracks ?? '', timestampNs)
    const sinceHeight = spec.sinceHeight ?? 0
    const client = new SandboxClient(id, type, clientData(type, spec, latestHeight, timestampNs), sinceHeight)
    const { kind } = client.data
    const hasConsensus = kind !== 'solomachine' && kind !== 'other' && !spec.consensusAbsent
    if (hasConsensus) client.addConsensus(latestHeight, kind === 'wasm' ? null : timestampNs, sinceHeight)
    host.clients.set(id, client)
    host.changed()
    return id
  }

  /**
   * Updates a tendermint client to the newest block of the chain that it follows, as a relayer does.
   * `signer`: by whom, for the index of transactions.
   * @throws when the host says that the client is not Active, or when the header is not newer
   */
  updateClient(hostId: string, clientId: string, signer?: string): void {
    const host = this.chain(hostId)
    if (signer) host.updates.push({ clientId, signer, height: host.height, code: 0 })
    const client = host.client(clientId)
    const { data } = client
    if (data.kind !== 'tendermint') throw new Error(`${clientId} is not a tendermint client`)
    const status = host.status(clientId)
    if (status !== 'Active') throw new Error(`cannot update client (${clientId}) with status ${status}`)
    const tracked = this.chains.get(data.trackedChainId)
    const timestampNs = tracked ? tracked.blocks.timeNs(tracked.height) : msToNs(this.clock.now() - 1000)
    const latestHeight = tracked?.latestHeight ?? this.#trackedHeightAt(data.trackedChainId, timestampNs)
    this.putHeader(hostId, clientId, latestHeight, timestampNs)
  }

  /**
   * Adds a header to a client by hand: made-up ones too. The latest height moves only when `height` is above it.
   * As in ibc-go, the oldest consensus state is pruned when it has expired.
   */
  putHeader(hostId: string, clientId: string, height: Height, timestampNs: bigint): void {
    const host = this.chain(hostId)
    const client = host.client(clientId)
    const { data } = client
    if (data.kind !== 'tendermint') throw new Error(`${clientId} is not a tendermint client`)
    const now = host.height
    const blockTimeNs = host.blocks.timeNs(now)
    for (const one of client.consensus.values()) {
      if (one.untilHeight !== Infinity) continue
      if (one.timestampNs !== null && one.timestampNs + data.trustingPeriodNs <= blockTimeNs) {
        client.dropConsensus(one.height, now)
      }
      break
    }
    client.addConsensus(height, timestampNs, now)
    if (isAbove(height, data.latestHeight)) client.set({ ...data, latestHeight: height }, now)
    host.changed()
  }

  /** Changes fields of a client's state by hand (trusting period, tracked chain, status of a wasm client, …). */
  editClient(hostId: string, clientId: string, edit: Record<string, unknown>): void {
    const host = this.chain(hostId)
    const client = host.client(clientId)
    client.set({ ...client.data, ...edit } as ClientData, host.height)
    host.changed()
  }

  /** Freezes a client, as misbehaviour does: `frozen_height` 0-1 (or the one given), latest height unchanged. */
  freeze(hostId: string, clientId: string, frozenHeight: Height = { revision: 0n, height: 1n }): void {
    const { kind } = this.chain(hostId).client(clientId).data
    if (kind === 'tendermint') this.editClient(hostId, clientId, { frozenHeight })
    else if (kind === 'wasm' || kind === 'other') this.editClient(hostId, clientId, { status: 'Frozen' })
    else this.editClient(hostId, clientId, { frozen: true })
  }

  /**
   * Governance recovery: the subject takes over latest height, tracked chain, trusting period and the newest
   * consensus state of a substitute, and is unfrozen. Without a substitute one is made (and left behind). As in
   * ibc-go, the substitute's latest height is above the subject's.
   */
  recover(hostId: string, subjectId: string, substituteId?: string): void {
    const host = this.chain(hostId)
    const subject = host.client(subjectId)
    if (subject.data.kind !== 'tendermint') throw new Error(`${subjectId} is not a tendermint client`)
    const { trackedChainId, trustingPeriodNs, latestHeight: before } = subject.data
    const newest = this.#trackedHeightAt(trackedChainId, msToNs(this.clock.now()))
    const above = isAbove(newest, before) ? newest : { ...before, height: before.height + 1n }
    const otherId =
      substituteId ??
      this.createClient(hostId, { tracks: trackedChainId, trustingPeriodNs, latestHeight: above })
    const substitute = host.client(otherId)
    if (substitute.data.kind !== 'tendermint') throw new Error(`${otherId} is not a tendermint client`)
    const { latestHeight } = substitute.data
    const consensus = substitute.consensusAt(latestHeight, host.height)
    subject.set(
      {
        ...subject.data,
        latestHeight,
        trackedChainId: substitute.data.trackedChainId,
        trustingPeriodNs: substitute.data.trustingPeriodNs,
        frozenHeight: NO_HEIGHT,
      },
      host.height,
    )
    if (consensus) subject.addConsensus(latestHeight, consensus.timestampNs, host.height)
    host.changed()
  }

  /** Takes away the consensus state at `height` (the latest where none is given): the client is expired then. */
  deleteConsensus(hostId: string, clientId: string, height?: Height): void {
    const host = this.chain(hostId)
    const client = host.client(clientId)
    const at = height ?? (client.data.kind === 'tendermint' ? client.data.latestHeight : NO_HEIGHT)
    client.dropConsensus(at, host.height)
    host.changed()
  }

  /** Registers an IBC v2 counterparty. */
  registerCounterparty(hostId: string, clientId: string, counterpartyClientId: string): void {
    const host = this.chain(hostId)
    const client = host.client(clientId)
    client.v2Counterparty = counterpartyClientId
    client.forgetKeys()
    host.changed()
  }

  /** Opens a connection between two chains of the world, with a client, a connection and channels on each side. */
  openConnection(
    aId: string,
    bId: string,
    spec: ConnectionSpec = {},
  ): { a: ConnectionEnd; b: ConnectionEnd } {
    const sides = [
      { host: this.chain(aId), tracks: bId, own: spec.a ?? {} },
      { host: this.chain(bId), tracks: aId, own: spec.b ?? {} },
    ].map(({ host, tracks, own }) => {
      const { clientId, ...client } = own
      return {
        host,
        clientId:
          clientId ??
          this.createClient(host.chainId, { tracks, trustingPeriodMs: spec.trustingPeriodMs, ...client }),
        connectionId: `connection-${host.nextConnection++}`,
        channelIds: Array.from({ length: spec.channels ?? 1 }, () => `channel-${host.nextChannel++}`),
      }
    })
    sides.forEach((side, i) => {
      const other = sides[1 - i]!
      side.host.connections.set(side.connectionId, {
        id: side.connectionId,
        clientId: side.clientId,
        state: spec.state ?? 'STATE_OPEN',
        counterparty: { clientId: other.clientId, connectionId: other.connectionId },
        delayPeriodNs: 0n,
        sinceHeight: 0,
      })
      side.channelIds.forEach((channelId, n) => {
        side.host.channels.set(channelId, {
          id: channelId,
          portId: 'transfer',
          state: spec.channelState ?? 'STATE_OPEN',
          ordering: 'ORDER_UNORDERED',
          version: 'ics20-1',
          connectionId: side.connectionId,
          counterparty: { channelId: other.channelIds[n]!, portId: 'transfer' },
          nextSequenceSend: 1,
          sinceHeight: 0,
        })
      })
      side.host.changed()
    })
    const [a, b] = sides.map((side) => ({
      chainId: side.host.chainId,
      clientId: side.clientId,
      connectionId: side.connectionId,
      channelIds: side.channelIds,
    }))
    return { a: a!, b: b! }
  }

  /** The tracked chain's height at a time; of a chain outside of the world, one that rises every six seconds. */
  #trackedHeightAt(trackedId: string, timestampNs: bigint): Height {
    const atMs = Number(timestampNs / 1_000_000n)
    const tracked = this.chains.get(trackedId)
    const height = tracked
      ? BigInt(tracked.blocks.heightAt(atMs))
      : 5_000_000n + BigInt(Math.floor((atMs - Date.UTC(2024, 0, 1)) / 6_000))
    return { revision: revisionOf(trackedId), height: height < 1n ? 1n : height }
  }
}

/** Whether `one` is a later height than `other`: the revision first. */
export function isAbove(one: Height, other: Height): boolean {
  return one.revision === other.revision ? one.height > other.height : one.revision > other.revision
}
