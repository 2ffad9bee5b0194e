// The alert about one faucet: dry, refuses the secret, or fails several times in a row; over when it pays again.
import { createReports, type ReportDeps, seen } from '../alerts/report.ts'
import type { Message, Notice } from '../alerts/types.ts'
import { formatDuration, HOUR_MS } from '../kernel/duration.ts'
import type { FaucetSettings } from './schema.ts'
import type { Store } from './store.ts'
import type { Cause, DripStatus } from './types.ts'

/** What is wrong with a faucet. `failing`: several times in a row, for reasons that are not the users'. */
export type Trouble = 'dry' | 'secret' | 'failing'

/** What is needed to raise alerts; without it trouble is only logged. */
export interface FaucetAlerts extends ReportDeps {
  remindEveryMs?: number
}

/**
 * Judges a faucet by its last outcomes, newest first (those that are a user's own fault left out). Null: they say
 * nothing either way.
 */
export function judgeFaucet(
  outcomes: readonly { status: DripStatus; cause: Cause | null }[],
  failures: number,
): { level: 'ok' } | { level: 'dry'; trouble: Trouble } | null {
  const newest = outcomes[0]
  if (!newest) return null
  if (newest.status === 'sent') return { level: 'ok' }
  if (newest.cause === 'dry') return { level: 'dry', trouble: 'dry' }
  if (newest.cause === 'secret') return { level: 'dry', trouble: 'secret' }
  const inARow = outcomes.findIndex(({ status }) => status === 'sent')
  const count = inARow < 0 ? outcomes.length : inARow
  return count >= failures ? { level: 'dry', trouble: 'failing' } : null
}

const VERDICT: Readonly<Record<Trouble, string>> = {
  dry: 'FAUCET DRY',
  secret: 'FAUCET REFUSES THE SECRET',
  failing: 'FAUCET FAILS',
}

/** The alert in words: verdict first; over-lines say since when it was open. */
export function faucetMessage(
  notice: Notice,
  faucet: Pick<FaucetSettings, 'chain' | 'mention' | 'sender'>,
  trouble: Trouble,
  nowMs: number,
): Message {
  const alarm = notice.kind === 'raised' || notice.kind === 'called' || notice.kind === 'reminder'
  const { chain } = faucet
  const what = {
    dry: `the faucet of ${chain} has nothing left to pay with`,
    secret: `the faucet of ${chain} does not take my credentials (${faucet.sender.token ?? 'none configured'})`,
    failing: `the faucet of ${chain} failed several times in a row`,
  }[trouble]
  const still = notice.kind === 'reminder' ? 'still ' : ''
  const headline = alarm
    ? `🔴 ${still}${VERDICT[trouble]}: ${what}.`
    : `🟢 over: the faucet of ${chain} pays again, after ${formatDuration(Math.max(0, nowMs - notice.raisedMs))}.`
  const mend = {
    dry: 'Refill the account that the faucet pays from.',
    secret: 'Compare the secret in the environment with the one of the faucet, and restart.',
    failing: 'Look at the faucet and its node; `/drips` shows what it answered.',
  }[trouble]
  return {
    identity: faucetIdentity(chain),
    notice,
    headline,
    group: null,
    embed: alarm
      ? { description: `${mend}\nUsers are told that nothing was sent, or that it is unclear.` }
      : null,
    mention: notice.mention ? [...faucet.mention] : [],
  }
}

export const faucetIdentity = (chain: string) => `faucet:${chain}`

/** Returns a function that looks at one faucet and raises, reminds of or resolves its alert. */
export function createFaucetWatch(deps: { store: Store; telling: FaucetAlerts }) {
  const { store, telling } = deps
  const commit = createReports(telling)
  /** `seenDry`: whether the server itself says that it has nothing left; undefined where it was not asked just now. */
  return (faucet: FaucetSettings, nowMs: number, seenDry?: boolean): void => {
    const identity = faucetIdentity(faucet.chain)
    commit(nowMs, (report) => {
      const state = telling.alerts.loadState(identity)
      const outcomes = store.lastOutcomes(faucet.chain, faucet.alertAfterFailures)
      const judged = seenDry
        ? ({ level: 'dry', trouble: 'dry' } as const)
        : judgeFaucet(outcomes, faucet.alertAfterFailures)
      // Nothing that says otherwise: what was, lasts, and may be due for a reminder.
      const level = judged?.level ?? (state?.level === 'dry' ? 'dry' : 'unseen')
      if (level === 'ok' && !state) return
      // What was paid before the server said that it is dry does not say that it pays again.
      const raisedMs = Math.min(state?.raisedMs ?? 0, nowMs)
      if (level === 'ok' && seenDry === undefined && outcomes[0]!.settledMs < raisedMs) return
      const policy = { remindEveryMs: telling.remindEveryMs ?? 24 * HOUR_MS }
      const trouble = judged?.level === 'dry' ? judged.trouble : 'failing'
      report(identity, seen(level), policy, (notice) => faucetMessage(notice, faucet, trouble, nowMs), state)
    })
  }
}
