// The alert about one faucet: dry, refuses the secret or everybody, fails, or cannot be checked; over when it pays again.
import { isAgain, isAlarm } from '../alerts/life.ts'
import { withPagers } from '../alerts/pagers/settings.ts'
import { createReports, type ReportDeps, seen } from '../alerts/report.ts'
import { destinations } from '../alerts/routes.ts'
import type { Message, Notice } from '../alerts/types.ts'
import { formatDuration, HOUR_MS } from '../kernel/duration.ts'
import { code } from '../words/text.ts'
import type { LastOutcome } from './history-store.ts'
import { OTHERS_MAX } from './messages.ts'
import type { FaucetSettings } from './schema.ts'
import { OF_LIMIT } from './senders/sender.ts'
import type { Store } from './store.ts'

/**
 * What is wrong with a faucet. `failing`: several times in a row, for reasons that are not the users'; `unreadable`: so
 * often it said that it paid, and that could not be looked up; `refusing`: so many users got the same answer.
 */
export type Trouble = 'dry' | 'secret' | 'failing' | 'unreadable' | 'refusing'

type Judged = { level: 'ok' } | { level: 'dry'; trouble: Trouble; answer?: string }

const REMINDERS = { remindEveryMs: 24 * HOUR_MS }

/**
 * Judges a faucet by its last outcomes, newest first (those that are a user's own fault left out). Null: they say
 * nothing either way.
 */
export function judgeFaucet(
  outcomes: readonly Pick<LastOutcome, 'status' | 'cause' | 'detail'>[],
  failures: number,
): Judged | null {
  const newest = outcomes[0]
  if (!newest) return null
  if (newest.status === 'sent') return { level: 'ok' }
  if (newest.cause === 'dry') return { level: 'dry', trouble: 'dry' }
  if (newest.cause === 'secret') return { level: 'dry', trouble: 'secret', answer: newest.detail ?? '' }
  const inARow = outcomes.findIndex(({ status }) => status === 'sent')
  const count = inARow < 0 ? outcomes.length : inARow
  if (count < failures) return null
  const isUnreadable = outcomes.slice(0, count).every(({ cause }) => cause === 'unreadable')
  if (!isUnreadable) return { level: 'dry', trouble: 'failing' }
  return { level: 'dry', trouble: 'unreadable', answer: newest.detail ?? '' }
}

/**
 * Judges by what the last users were told, newest first. The address of each passed our own check: the same answer to so
 * many of them is not about them. Null: nothing is to be said of that.
 */
export function judgeRefusals(
  byUser: readonly Pick<LastOutcome, 'cause' | 'detail'>[],
  failures: number,
): Judged | null {
  // One user alone says nothing of the others.
  const users = Math.max(2, failures)
  const last = byUser.slice(0, users)
  const answers = new Set(last.map((one) => (isRefusal(one) ? alike(one.detail ?? '') : null)))
  if (last.length < users || answers.size !== 1 || answers.has(null)) return null
  return { level: 'dry', trouble: 'refusing', answer: last[0]!.detail ?? '' }
}

/** Versions before called a limit that was told with 400 the address's fault. */
const isRefusal = ({ cause, detail }: Pick<LastOutcome, 'cause' | 'detail'>) =>
  cause === 'refused' || (cause === 'address' && !OF_LIMIT.test(detail ?? ''))

/** Without what differs from user to user: every word with a digit in it (an address, an id, a sequence). */
const alike = (answer: string) => answer.toLowerCase().replace(/[\w-]*\d[\w-]*/g, '#')

/** Of "the faucet of …". */
const TROUBLES: Readonly<Record<Trouble, { verdict: string; what: string; mend: string }>> = {
  dry: { verdict: 'FAUCET DRY', what: 'has nothing left to pay with', mend: 'Refill the account that the faucet pays from.' },
  secret: { verdict: 'FAUCET REFUSES THE SECRET', what: 'does not take my credentials', mend: 'Compare the secret in the environment with the one of the faucet, and restart.' },
  failing: { verdict: 'FAUCET FAILS', what: 'failed several times in a row', mend: 'Look at the faucet and its node; `/drips` shows what it answered.' },
  unreadable: { verdict: 'FAUCET CANNOT BE CHECKED', what: 'says that it pays, and I cannot look it up', mend: 'Correct `sender.lookup` of the faucet, or switch the transaction index of its node on; `doctor` tries it.' },
  refusing: { verdict: 'FAUCET REFUSES EVERYBODY', what: 'gives one user after the other the same answer', mend: 'Their addresses passed my own check: look at the faucet and at `sender` in the configuration.' },
} // biome-ignore format: a table reads better in rows

/** The alert in words: verdict first; over-lines say since when it was open. */
export function faucetMessage(
  notice: Notice,
  faucet: Pick<FaucetSettings, 'chain' | 'mention' | 'sender'>,
  { trouble, answer }: { trouble: Trouble; answer?: string },
  nowMs: number,
): Message {
  const alarm = isAlarm(notice)
  const { chain } = faucet
  const { verdict, what, mend } = TROUBLES[trouble]
  const token = trouble === 'secret' ? ` (${faucet.sender.token ?? 'none configured'})` : ''
  const still = isAgain(notice) ? 'still ' : ''
  const headline = alarm
    ? `🔴 ${still}${verdict}: the faucet of ${chain} ${what}${token}.`
    : `🟢 over: the faucet of ${chain} pays again, after ${formatDuration(Math.max(0, nowMs - notice.raisedMs))}.`
  const said = answer === undefined ? '' : `\nThe answer: ${code(answer, OTHERS_MAX)}`
  return {
    identity: faucetIdentity(chain),
    notice,
    headline,
    group: null,
    embed: alarm
      ? { description: `${mend}${said}\nUsers are told that nothing was sent, or that it is unclear.` }
      : null,
    mention: notice.mention ? [...faucet.mention] : [],
  }
}

const FAUCET = 'faucet:'

export const faucetIdentity = (chain: string) => `${FAUCET}${chain}`

/** Alerts about a faucet go where those of the program itself go, and to the pagers of its chain. */
export const faucetRoute =
  (settings: Parameters<typeof withPagers>[0] & Parameters<typeof destinations>[0]): ReportDeps['route'] =>
  ({ identity }) =>
    withPagers(settings, identity.slice(FAUCET.length), destinations(settings, null, settings.alerts.mention))

/** Returns a function that looks at one faucet and raises, reminds of or resolves its alert. */
export function createFaucetWatch(deps: { store: Store; telling: ReportDeps }) {
  const { store, telling } = deps
  const commit = createReports(telling)
  /** `seenDry`: whether the server itself says that it has nothing left; undefined where it was not asked just now. */
  return (faucet: FaucetSettings, nowMs: number, seenDry?: boolean): void => {
    const identity = faucetIdentity(faucet.chain)
    commit(nowMs, (report) => {
      const state = telling.alerts.loadState(identity)
      const outcomes = store.lastOutcomes(faucet.chain, faucet.alertAfterFailures)
      const byUser = store.lastByUser(faucet.chain)
      const usual =
        judgeRefusals(byUser, faucet.alertAfterFailures) ?? judgeFaucet(outcomes, faucet.alertAfterFailures)
      // After a refusal, what was paid before it says nothing of now.
      const isOld = usual?.level === 'ok' && byUser[0] !== undefined && isRefusal(byUser[0])
      const judged: Judged | null = seenDry ? { level: 'dry', trouble: 'dry' } : isOld ? null : usual
      // Nothing that says otherwise: what was, lasts, and may be due for a reminder.
      const level = judged?.level ?? (state?.level === 'dry' ? 'dry' : 'unseen')
      if (level === 'ok' && !state) return
      // What was paid before the server said that it is dry does not say that it pays again.
      const raisedMs = Math.min(state?.raisedMs ?? 0, nowMs)
      if (level === 'ok' && seenDry === undefined && outcomes[0]!.settledMs < raisedMs) return
      const trouble = judged?.level === 'dry' ? judged : { trouble: 'failing' as const }
      report(
        identity,
        seen(level),
        REMINDERS,
        (notice) => faucetMessage(notice, faucet, trouble, nowMs),
        state,
      )
    })
  }
}
