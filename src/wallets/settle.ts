// What was read of wallets becomes balances, history, alert states and notices, written in one transaction.

import { wouldCall } from '../alerts/life.ts'
import { createReports, type Report, type ReportDeps, seen as seenAs, withdrawn } from '../alerts/report.ts'
import { destinations } from '../alerts/routes.ts'
import type { AlertState, Level, Message, Notice, Observation } from '../alerts/types.ts'
import type { Directory } from '../chains/directory.ts'
import { chainLabel } from '../chains/find.ts'
import type { ChainsSettings } from '../chains/settings.ts'
import { lowMessage, unseenMessage } from './messages.ts'
import { RUNWAY_WINDOW_MS, type Runway, runway } from './runway.ts'
import type { WalletStore } from './store.ts'
import type { Tokens } from './tokens.ts'
import {
  lowIdentity,
  readWalletIdentity,
  unseenWalletIdentity,
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

export interface WalletSettler {
  /** Whether somebody would be called if a wallet could spend `base` of a denom: it is read once more before. */
  wouldCall(chain: AlertedChain, watched: readonly Watched[], base: bigint, nowMs: number): boolean
  /**
   * Judges and writes what was read of wallets of one chain. `watched` are all wishes about these wallets; what is
   * done by `change` is part of the same transaction.
   */
  settle(
    chain: AlertedChain,
    watched: readonly Watched[],
    readings: readonly WalletReading[],
    nowMs: number,
    change?: () => void,
  ): void
  /** Takes a wish away by `change`; an alert that is open about it ends. `last`: nobody else watches the wallet. */
  withdraw(gone: Watched, last: boolean, nowMs: number, change: () => void): void
  /** Ends what is open about wallets that nobody watches any more: taken out of the configuration, say. */
  endOrphans(watched: readonly Watched[], nowMs: number): void
  runway(chainId: string, address: string, denom: string, nowMs: number): Runway | null
}

/** What there must be of a chain, which may have left the configuration. */
export type AlertedChain = { chainId: string; alerts: { remindEveryMs: number } }

export function createWalletSettler(deps: WalletSettleDeps): WalletSettler {
  const { store, alerts, settings, tokens, directory } = deps

  const commit = createReports({
    ...deps,
    // Whom a wallet concerns does not depend on where its chain's alerts go.
    route: ({ identity, mention }) =>
      destinations(settings, readWalletIdentity(identity)?.chainId ?? null, []).map(({ webhook }) => ({
        webhook,
        mention,
      })),
  })

  const runwayOf = (chainId: string, address: string, denom: string, nowMs: number) =>
    runway(store.history(chainId, address, denom, nowMs - RUNWAY_WINDOW_MS))

  const lowNotice = (watched: Watched, notice: Notice, nowMs: number): Message => {
    const { chainId, address, denom } = watched
    return lowMessage(watched, notice, {
      chainName: chainLabel(directory, chainId),
      ...shownAs(tokens, chainId, denom),
      balance: store.balance(chainId, address, denom),
      runway: runwayOf(chainId, address, denom, nowMs),
      nowMs,
    })
  }

  const stepLow = (
    chain: AlertedChain,
    watched: Watched,
    seen: Observation,
    nowMs: number,
    report: Report,
  ) => {
    const identity = lowIdentity(watched)
    const before = alerts.loadState(identity)
    if (!isNews(before, seen)) return
    report(identity, seen, chain.alerts, (notice) => lowNotice(watched, notice, nowMs), before)
  }

  const stepUnseen = (
    chain: AlertedChain,
    address: string,
    denom: string | null,
    seen: Observation,
    nowMs: number,
    report: Report,
  ) => {
    const { chainId } = chain
    const identity = unseenWalletIdentity(chainId, address)
    const before = alerts.loadState(identity)
    if (!isNews(before, seen)) return
    const words = (notice: Notice) => {
      const balance = denom === null ? null : store.balance(chainId, address, denom)
      const last = balance === null ? null : { ...shownAs(tokens, chainId, denom!), balance }
      return unseenMessage(chainId, address, notice, {
        chainName: chainLabel(directory, chainId),
        unseen: store.unseen(chainId, address),
        last,
        nowMs,
      })
    }
    report(identity, seen, chain.alerts, words, before)
  }

  /** A wallet that could not be read is told of after `blindAfter`, unless its whole chain is. */
  const observeUnseen = (chainId: string, sinceMs: number, nowMs: number): Observation => {
    const lasts = nowMs - sinceMs >= settings.alerts.blindAfterMs
    return observation(lasts && !deps.isChainTold(chainId) ? 'blind' : 'unseen', false)
  }

  return {
    runway: runwayOf,

    wouldCall: (chain, watched, base, nowMs) =>
      watched.some((one) =>
        wouldCall(alerts.loadState(lowIdentity(one)), observeLow(one, base), chain.alerts, nowMs),
      ),

    settle(chain, watched, readings, nowMs, change = () => {}) {
      const { chainId } = chain
      commit(nowMs, (report) => {
        change()
        for (const reading of readings) {
          const { address } = reading
          const own = watched.filter((one) => one.address === address)
          // Nobody watches it any more: its last wish was taken away while it was read.
          if (own.length === 0) continue
          if ('cause' in reading) {
            // Whoever holds less than the threshold can spend no more than that.
            for (const one of own) {
              const most = reading.atMost?.get(one.denom)
              if (!most || most.base >= one.thresholdBase) continue
              store.saveBalance(chainId, address, one.denom, { ...most, readMs: nowMs })
              stepLow(chain, one, observeLow(one, most.base), nowMs, report)
            }
            store.saveUnseen(chainId, address, reading.cause, nowMs)
            const { sinceMs } = store.unseen(chainId, address)!
            const seen = observeUnseen(chainId, sinceMs, nowMs)
            stepUnseen(chain, address, own[0]?.denom ?? null, seen, nowMs, report)
            continue
          }
          for (const [denom, held] of reading.held)
            store.saveBalance(chainId, address, denom, { ...held, readMs: nowMs })
          stepUnseen(chain, address, null, observation('ok', false), nowMs, report)
          store.removeUnseen(chainId, address)
          for (const one of own) {
            const held = reading.held.get(one.denom)
            if (held) stepLow(chain, one, observeLow(one, held.base), nowMs, report)
          }
        }
      })
    },

    withdraw(gone, last, nowMs, change) {
      const chain = deps.chainOf(gone.chainId)
      commit(nowMs, (report) => {
        change()
        stepLow(chain, gone, GONE, nowMs, report)
        if (!last) return
        stepUnseen(chain, gone.address, null, GONE, nowMs, report)
        store.removeUnseen(chain.chainId, gone.address)
      })
    },

    endOrphans(watched, nowMs) {
      const wanted = new Set(
        watched.flatMap((one) => [lowIdentity(one), unseenWalletIdentity(one.chainId, one.address)]),
      )
      for (const { identity } of alerts.openAlerts()) {
        const of = wanted.has(identity) ? null : readWalletIdentity(identity)
        if (!of) continue
        const { chainId, address } = of
        // While it is named and cannot be watched, what is open about it stays.
        if (directory.get(chainId) === null && !directory.isGone(chainId)) continue
        const chain = deps.chainOf(chainId)
        commit(nowMs, (report) => {
          if (of.kind === 'low') {
            stepLow(chain, { ...of, thresholdBase: 0n, mention: [] }, GONE, nowMs, report)
          } else {
            stepUnseen(chain, address, null, GONE, nowMs, report)
            store.removeUnseen(chainId, address)
          }
        })
      }
    },
  }
}

const shownAs = (tokens: Tokens, chainId: string, denom: string) => ({
  token: tokens.of(chainId, denom),
  note: tokens.note(chainId, denom),
})

/** Nothing is kept of a wallet about which nothing was ever wrong. */
const isNews = (before: AlertState | null, { level, about }: Observation): boolean =>
  before !== null || (level !== 'ok' && about)

/** Nobody is to be told of it any more. */
const GONE = withdrawn({ level: 'low' })

/** What can be spent is low when it is strictly below the threshold: what is locked pays no fees. */
function observeLow({ thresholdBase }: Watched, base: bigint): Observation {
  return base < thresholdBase ? observation('low', true) : observation('ok', true)
}

function observation(level: Level | 'unseen', mention: boolean): Observation {
  return seenAs(level, { mention })
}
