// The room of the light clients: builds its store, settler, sights, watch and commands from what the app hands in.

import { destinations } from '../alerts/routes.ts'
import { type AlertStore, createAlertStore } from '../alerts/store.ts'
import type { Message } from '../alerts/types.ts'
import type { Directory } from '../chains/directory.ts'
import { type ChainSight, createSights, type SightWords } from '../chains/health/health.ts'
import { chainMessage, networkMessage, restartedMessage } from '../chains/health/messages.ts'
import { createUnwatchedTeller } from '../chains/unwatched.ts'
import type { ChainSettings, Settings } from '../config/index.ts'
import { readNodeInfo } from '../cosmos/node.ts'
import type { ChainPool } from '../cosmos/types.ts'
import type { Command } from '../discord/command.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Logger } from '../kernel/logger.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import {
  type BotStatus,
  type ChainStatus,
  type IbcCommandDeps,
  ibcCommands,
} from '../report/commands/index.ts'
import { sendDigest } from '../report/send-digest.ts'
import type { Database } from '../storage/database.ts'
import { hostView } from './claim.ts'
import { readIdentity } from './identity.ts'
import { clientMessage, unseenClientMessage } from './messages.ts'
import { type ClientRow, clientsReadMs } from './rows.ts'
import { createSettler, type Words } from './settle.ts'
import type { ClientStore } from './store.ts'
import { createWatch, type Watch } from './watch.ts'
import { chainLabel, endpointWords } from './words.ts'

export interface IbcDeps {
  settings: Settings
  directory: Directory
  pools: ReadonlyMap<string, ChainPool>
  database: Database
  store: ClientStore
  clock: Clock
  logger: Logger
  /** Something was put into the outbox. */
  committed: () => void
  botStatus: () => BotStatus
  /** Takes chains from the chain registry, where that is wanted; returns those that are new. */
  adopt?: (chainIds: readonly string[]) => Promise<readonly ChainSettings[]>
  /** Asks which chains those are of which that is not known; returns those that are new, null: there are none. */
  decide?: () => Promise<readonly ChainSettings[] | null>
  /** What an alert of another room is about, for people; null where it is not known. */
  describe?: (identity: string) => string | null
  /** The chain that an alert of another room is about; null: not known, or none. */
  chainOf?: (identity: string) => string | null
}

export interface IbcRoom {
  watch: Watch
  store: ClientStore
  alerts: AlertStore
  commands: Command[]
  /** Puts the digest into the outbox. */
  sendDigest(): void
}

export function createIbc(deps: IbcDeps): IbcRoom {
  const { settings, directory, pools, database, store, clock, logger, committed } = deps
  const alerts = createAlertStore(database, logger)
  const versions = createVersions(pools, clock)
  const { prefix } = settings.discord
  const show = (command: string) => `${prefix === false ? '/' : prefix}${command}`
  const mentionOf = (chainId: string) =>
    directory.getKnown(chainId)?.alerts.mention ?? settings.alerts.mention
  const route = (message: Message) => {
    const of = readIdentity(message.identity)
    const chainId = of && 'chainId' in of ? of.chainId : null
    if (chainId === null) return destinations(settings, null, settings.alerts.mention)
    // A route knows one that is not watched by the word for it alone.
    const word = directory.get(chainId) === null ? directory.getKnown(chainId)?.word : undefined
    return destinations(settings, word ?? chainId, mentionOf(chainId))
  }
  const endpointsOf = (chainId: string) => pools.get(chainId)?.endpoints() ?? []
  const otherEndOf = (row: ClientRow) => {
    const ends = row.farEnds
      .map((end) => store.client(end.chainId, end.clientId))
      .filter((end) => end !== null)
    return ends[0] ?? null
  }
  const words: Words & SightWords = {
    client(row, notice, asOfMs, nowMs) {
      const sight = sights.of(row.chainId)
      const halted = sight?.sight.haltedSinceMs ?? null
      const otherEnd = otherEndOf(row)
      return clientMessage(row, notice, {
        nowMs,
        directory,
        mention: mentionOf(row.chainId),
        asOfMs,
        hostHalted:
          halted !== null && sight?.lastBlock
            ? { lastHeight: sight.lastBlock.height, lastBlockMs: halted }
            : null,
        otherEnd,
        otherEndHost: otherEnd && hostView(store.chain(otherEnd.chainId)),
        trackedBlock: row.trackedChainId === null ? null : store.chain(row.trackedChainId)?.block,
        ibcGoMajor: versions.known(row.chainId),
        endpoints: asOfMs === null ? null : endpointWords(endpointsOf(row.chainId)),
        show,
      })
    },
    unseenClient: (row, notice, cause, nowMs) =>
      unseenClientMessage(row, notice, { nowMs, directory, mention: mentionOf(row.chainId), cause }),
    chain(kind, notice, about, nowMs) {
      const { chain, sight, lastBlock } = about
      return chainMessage(kind, notice, {
        chainId: chain.chainId,
        chainName: chainLabel(directory, chain.chainId),
        nowMs,
        sinceMs:
          { blind: sight.unseenSinceMs, unread: sight.unreadSinceMs, halted: sight.haltedSinceMs }[kind] ??
          notice.raisedMs,
        cause: store.chain(chain.chainId)?.unread?.cause,
        endpoints: endpointsOf(chain.chainId),
        lastHeight: lastBlock?.height ?? null,
        lastBlockMs: lastBlock ? nsToMs(lastBlock.timeNs) : null,
        nearest: nearestOf(about),
        readMs: about.readMs,
        mention: mentionOf(chain.chainId),
      })
    },
    network(notice, all, nowMs) {
      const nearest = all
        .filter(({ nearest }) => nearest !== null)
        .sort((a, b) => (a.sight.nearestDeadlineMs ?? 0) - (b.sight.nearestDeadlineMs ?? 0))[0]
      return networkMessage(notice, {
        nowMs,
        sinceMs: Math.max(...all.map(({ sight }) => sight.unseenSinceMs ?? notice.raisedMs)),
        chains: all.length,
        nearest: nearest
          ? { ...nearestOf(nearest)!, chainName: chainLabel(directory, nearest.chain.chainId) }
          : null,
        mention: settings.alerts.mention,
      })
    },
    restarted: (chain, notice, heights, nowMs) =>
      restartedMessage(notice, {
        chainId: chain.chainId,
        chainName: chainLabel(directory, chain.chainId),
        nowMs,
        fromHeight: heights.from,
        height: heights.to,
        mention: mentionOf(chain.chainId),
      }),
  }
  const common = { settings, directory, database, store, alerts, words, route, committed, clock }
  const sights = createSights(common)
  const settler = createSettler(common)
  let areChainsKnown = false
  const tellUnwatched = createUnwatchedTeller(common)
  const watch = createWatch({
    adopt: deps.adopt ?? (async () => []),
    async decide() {
      const found = (await deps.decide?.()) ?? null
      if (found === null && areChainsKnown) return []
      tellUnwatched(clock.now())
      // With the registry, the chains at far ends are known only after the first sweep.
      if (settings.counterparties !== 'registry') settler.endOrphans(directory.isGone, clock.now())
      areChainsKnown = true
      return found ?? []
    },
    directory,
    pools,
    store,
    alerts,
    settler,
    sights,
    clock,
    logger,
    // For the words about a client that only governance can save. Not knowing it costs no alert.
    sweepBegins: (chainId) => void versions.ask(chainId).catch(() => {}),
  })
  const chainStatus = (chainId: string): ChainStatus => {
    const known = store.chain(chainId)
    const halted = sights.of(chainId)?.sight.haltedSinceMs ?? null
    const sweep = watch.lastSweep(chainId)
    const isUnwatched = directory.get(chainId) === null && directory.getKnown(chainId) !== null
    const unwatched = { cause: 'it is named and not watched: see status', sinceMs: null }
    const trouble = isUnwatched ? unwatched : (known?.unseen ?? known?.unread ?? null)
    const state = trouble
      ? known?.unseen || isUnwatched
        ? 'blind'
        : 'unread'
      : halted !== null
        ? 'halted'
        : known?.firstLookMs
          ? 'ok'
          : 'not-read'
    return {
      state,
      sinceMs: trouble ? trouble.sinceMs : halted,
      reason: trouble?.cause ?? null,
      block: known?.block ?? null,
      readMs:
        sweep?.finishedMs && sweep.error === null && !known?.unread
          ? sweep.finishedMs
          : known && clientsReadMs(known),
      sweep,
      endpoints: endpointsOf(chainId),
    }
  }
  const forCommands: IbcCommandDeps = {
    store,
    directory,
    openAlerts: () => alerts.openAlerts(),
    describe: deps.describe,
    chainOf(identity) {
      const of = readIdentity(identity)
      if (!of) return deps.chainOf?.(identity) ?? null
      return 'chainId' in of ? of.chainId : null
    },
    chainStatus,
    botStatus: deps.botStatus,
    ibcGoMajor: versions.ask,
  }
  return {
    watch,
    store,
    alerts,
    commands: ibcCommands(forCommands),
    sendDigest: () => sendDigest({ ...forCommands, settings, database, committed }, clock.now()),
  }
}

const nearestOf = ({ nearest, sight }: ChainSight) =>
  nearest && sight.nearestDeadlineMs !== null ? { row: nearest, deadlineMs: sight.nearestDeadlineMs } : null

/** ibc-go's major version of each chain, asked when it is wanted and kept for a day. */
function createVersions(pools: ReadonlyMap<string, ChainPool>, clock: Clock) {
  const KEPT_MS = 24 * 3_600_000
  const versions = new Map<string, { major: number | null; askedMs: number }>()
  const ask = async (chainId: string): Promise<number | null> => {
    const known = versions.get(chainId)
    const pool = pools.get(chainId)
    if (!pool || (known && clock.now() - known.askedMs < KEPT_MS)) return known?.major ?? null
    const { ibcGoVersion } = await readNodeInfo(pool)
    const major = ibcGoVersion === null ? null : Number(/^v(\d+)\./.exec(ibcGoVersion)?.[1] ?? Number.NaN)
    versions.set(chainId, { major: Number.isNaN(major) ? null : major, askedMs: clock.now() })
    return versions.get(chainId)!.major
  }
  return { ask, known: (chainId: string) => versions.get(chainId)?.major ?? null }
}
