// What was read of wallets becomes balances, history, alert states and notices, written in one transaction.

import { nextNoticeMs, wouldCall } from '../alerts/life.ts'
import { withPagers } from '../alerts/pagers/settings.ts'
import { asLastSeen, createReports, type Report, type ReportDeps, seen, withdrawn } from '../alerts/report.ts'
import { destinations } from '../alerts/routes.ts'
import type { LifePolicy, Message, Notice, Observation } from '../alerts/types.ts'
import type { Directory } from '../chains/directory.ts'
import type { ChainsSettings } from '../chains/settings.ts'
import { lowMessage, unseenMessage } from './messages.ts'
import { RUNWAY_WINDOW_MS, type Runway, runway } from './runway.ts'
import type { WalletStore } from './store.ts'
import type { Tokens } from './tokens.ts'
import {
  lowIdentity,
  readWalletIdentity,
  unseenWalletIdentity,
  type WalletIdentity,
  type WalletReading,
  type Watched,
} from './types.ts'

export interface WalletSettleDeps extends Omit<ReportDeps, 'route'> {
  store: WalletStore
  settings: ChainsSettings
  tokens: Tokens
  directory: Directory
  /** A chain by its id, known or not (any more). */
  chainOf: (chainId: string) => AlertedChain
  /** A chain that cannot be read as a whole is told of once, not for each of its wallets. */
  isChainTold: (chainId: string) => boolean
}

export type WalletSettler = ReturnType<typeof createWalletSettler>

/** What there must be of a chain, which may have left the configuration. */
export type AlertedChain = { chainId: string; alerts: LifePolicy }

export function createWalletSettler(deps: WalletSettleDeps) {
  const { store, alerts, settings, directory } = deps

  const commit = createReports({
    ...deps,
    // Whom a wallet concerns does not depend on where its chain's alerts go.
    route({ identity, mention }) {
      const wallet = readWalletIdentity(identity)
      const chainId = wallet?.chainId ?? null
      const all = destinations(settings, chainId, []).map(({ webhook }) => ({ webhook, mention }))
      // Whoever registers a wallet in a channel wakes nobody.
      const isOwn = wallet?.kind === 'low' && wallet.userId === null
      return isOwn ? withPagers(settings, chainId, all) : all
    },
  })

  /** A wallet that could not be read is told of after `blindAfter`, unless its whole chain is. */
  const observeUnseen = (chainId: string, sinceMs: number, nowMs: number): Observation => {
    const lasts = nowMs - sinceMs >= settings.alerts.blindAfterMs
    return seen(lasts && !deps.isChainTold(chainId) ? 'blind' : 'unseen', { mention: false })
  }

  return {
    runway: (chainId: string, address: string, denom: string, nowMs: number): Runway | null =>
      runwayOf(store, chainId, address, denom, nowMs),

    /** Whether somebody would be called if a wallet could spend `base` of a denom: it is read once more before. */
    wouldCall: (chain: AlertedChain, watched: readonly Watched[], base: bigint, nowMs: number): boolean =>
      watched.some((one) =>
        wouldCall(alerts.loadState(lowIdentity(one)), observeLow(one, base), chain.alerts, nowMs),
      ),

    /**
     * Judges and writes what was read of wallets of one chain. `watched` are all wishes about these wallets; what is
     * done by `change` is part of the same transaction.
     */
    settle(
      chain: AlertedChain,
      watched: readonly Watched[],
      readings: readonly WalletReading[],
      nowMs: number,
      change = () => {},
    ): void {
      const { chainId } = chain
      commit(nowMs, (report) => {
        const tell = createSteps(deps, chain, nowMs, report)
        change()
        for (const reading of readings) {
          const { address } = reading
          const own = watched.filter((one) => one.address === address)
          // Nobody watches it any more: its last wish was taken away while it was read.
          if (own.length === 0) continue
          if ('cause' in reading) {
            // Whoever holds less than the threshold can spend no more than that.
            for (const one of own) {
              const state = alerts.loadState(lowIdentity(one))
              const most = reading.atMost?.get(one.denom)
              const isLow = most !== undefined && most.base < one.thresholdBase
              if (isLow) store.saveBalance(chainId, address, one.denom, { ...most, readMs: nowMs })
              if (isLow) tell.low(one, observeLow(one, most.base))
              // What is open goes on by its last reading.
              else if (state?.level === 'low') tell.low(one, asLastSeen(state))
            }
            store.saveUnseen(chainId, address, reading.cause, nowMs)
            const { sinceMs } = store.unseen(chainId, address)!
            tell.unseen(address, own[0]!.denom, observeUnseen(chainId, sinceMs, nowMs))
            continue
          }
          for (const [denom, held] of reading.held)
            store.saveBalance(chainId, address, denom, { ...held, readMs: nowMs })
          tell.unseen(address, null, seen('ok', { mention: false }))
          store.removeUnseen(chainId, address)
          for (const one of own) {
            const held = reading.held.get(one.denom)
            if (held) tell.low(one, observeLow(one, held.base))
          }
        }
      })
    },

    /** Takes a wish away by `change`; an alert that is open about it ends. `last`: nobody else watches the wallet. */
    withdraw(gone: Watched, last: boolean, nowMs: number, change: () => void): void {
      const chain = deps.chainOf(gone.chainId)
      commit(nowMs, (report) => {
        const tell = createSteps(deps, chain, nowMs, report)
        change()
        tell.low(gone, GONE)
        if (!last) return
        tell.unseen(gone.address, null, GONE)
        store.removeUnseen(chain.chainId, gone.address)
      })
    },

    /** Ends what is open about wallets that nobody watches any more: taken out of the configuration, say. */
    endOrphans(watched: readonly Watched[], nowMs: number): void {
      const wanted = new Set(
        watched.flatMap((one) => [lowIdentity(one), unseenWalletIdentity(one.chainId, one.address)]),
      )
      for (const { identity } of alerts.openAlerts()) {
        const of = wanted.has(identity) ? null : readWalletIdentity(identity)
        if (!of) continue
        const { chainId, address } = of
        // While it is named and cannot be watched, what is open about it stays.
        if (directory.get(chainId) === null && !directory.isGone(chainId)) continue
        commit(nowMs, (report) => {
          const tell = createSteps(deps, deps.chainOf(chainId), nowMs, report)
          if (of.kind === 'low') tell.low({ ...of, thresholdBase: 0n, mention: [] }, GONE)
          else {
            tell.unseen(address, null, GONE)
            store.removeUnseen(chainId, address)
          }
        })
      }
    },
  }
}

/** What takes the alerts about wallets of one chain a step on, within a transaction. */
function createSteps(
  { alerts, store, tokens, directory }: WalletSettleDeps,
  chain: AlertedChain,
  nowMs: number,
  report: Report,
) {
  const { chainId } = chain
  const chainName = directory.label(chainId)
  const shown = (denom: string) => ({ token: tokens.of(chainId, denom), note: tokens.note(chainId, denom) })
  const step = (
    identity: string,
    observed: Observation,
    words: (notice: Notice) => Message,
    policy: LifePolicy = chain.alerts,
  ) => {
    const before = alerts.loadState(identity)
    // Nothing is kept of a wallet about which nothing was ever wrong.
    const isNews = before !== null || (observed.level !== 'ok' && observed.about)
    if (isNews) report(identity, observed, policy, words, before)
  }
  return {
    low(watched: Watched, observed: Observation): void {
      const { address, denom } = watched
      const words = (notice: Notice) => {
        const balance = store.balance(chainId, address, denom)
        const runway = runwayOf(store, chainId, address, denom, nowMs)
        return lowMessage(watched, notice, { chainName, ...shown(denom), balance, runway, nowMs })
      }
      step(lowIdentity(watched), observed, words, lowPolicy(watched, chain))
    },
    /** `denom`: what was last known of it is told; null: nothing. */
    unseen(address: string, denom: string | null, observed: Observation): void {
      step(unseenWalletIdentity(chainId, address), observed, (notice) => {
        const balance = denom === null ? null : store.balance(chainId, address, denom)
        const last = balance === null ? null : { ...shown(denom!), balance }
        const unseen = store.unseen(chainId, address)
        return unseenMessage(chainId, address, notice, { chainName, unseen, last, nowMs })
      })
    },
  }
}

const runwayOf = (store: WalletStore, chainId: string, address: string, denom: string, nowMs: number) =>
  runway(store.history(chainId, address, denom, nowMs - RUNWAY_WINDOW_MS))

/** The wallets about which something is due to be told at `nowMs` (Unix ms), although nothing changes. */
export function dueWallets(
  { alerts, directory }: Pick<WalletSettleDeps, 'alerts' | 'directory'>,
  nowMs: number,
): WalletIdentity[] {
  return alerts.openAlerts().flatMap(({ identity, state }) => {
    const of = readWalletIdentity(identity)
    const chain = of && directory.get(of.chainId)
    if (!chain) return []
    const policy = of.kind === 'low' ? lowPolicy(of, chain) : chain.alerts
    return nextNoticeMs(state, null, policy) <= nowMs ? [of] : []
  })
}

/** What somebody registered for themselves is escalated to nobody else. */
const lowPolicy = ({ userId }: Pick<Watched, 'userId'>, { alerts }: AlertedChain): LifePolicy =>
  userId === null ? alerts : { ...alerts, escalateAfterMs: undefined }

/** Nobody is to be told of it any more. */
const GONE = withdrawn({ level: 'low' })

/** What can be spent is low when it is strictly below the threshold: what is locked pays no fees. */
function observeLow({ thresholdBase }: Watched, base: bigint): Observation {
  return seen(base < thresholdBase ? 'low' : 'ok')
}
