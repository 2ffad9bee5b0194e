// Why a request is refused now, and the refusal: audited, told in the answer, and by direct message under its rules.
import type { Call } from '../discord/command.ts'
import { Refusal } from '../kernel/errors.ts'
import { snowflakeTimeMs } from '../kernel/snowflake.ts'
import type { Faucet, FaucetParts } from './deps.ts'
import { type History, reasonsAgainst } from './eligibility.ts'
import { QUEUE_TEXT, refusalText } from './messages.ts'
import { type AuditEntry, logAudit } from './moderation/audit.ts'
import type { FaucetSettings } from './schema.ts'
import { tryDatabase } from './settle.ts'
import type { Reason } from './types.ts'

/** When the interaction happened by Discord's clock, which no wrong clock of this machine can change; Unix ms. */
export function askedMs(call: Pick<Call, 'id' | 'nowMs'>): number {
  return snowflakeTimeMs(call.id) ?? call.nowMs
}

/** Every reason against a request that counts from `atMs`: what another process paid, too. */
export const reasonsNow = (
  { elsewhere }: Pick<FaucetParts, 'elsewhere'>,
  settings: FaucetSettings,
  { caller }: Call,
  history: History,
  atMs: number,
): Reason[] => [
  ...elsewhere.reasons(caller.userId, settings.everyMs),
  ...reasonsAgainst(caller, settings, history, atMs),
]

/**
 * Refuses with every reason, or because the turn in the queue did not come.
 * @throws {Refusal}
 */
export function refuseDrip(
  { store, dms, logger }: FaucetParts,
  { settings }: Pick<Faucet, 'settings'>,
  why: readonly Reason[] | keyof typeof QUEUE_TEXT,
  address: string | null,
  call: Call,
): never {
  const atMs = askedMs(call)
  const [codes, text] =
    typeof why === 'string'
      ? [[`queue-${why}`], QUEUE_TEXT[why]]
      : [why.map(({ code }) => code), refusalText(why, atMs)]
  const { userId, joinedAtMs } = call.caller
  const { chain } = settings
  const reason = codes.join(', ')
  const entry: AuditEntry = { atMs, chain, action: 'refused', userId, address, reason, joinedMs: joinedAtMs }
  // That it cannot be kept does not stop a refusal.
  tryDatabase(logger, () => store.audit(entry))
  logAudit(logger, entry)
  void dms.refusal(call, codes, text, settings)
  throw new Refusal(text)
}
