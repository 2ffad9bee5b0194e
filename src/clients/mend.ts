// The commands that mend a client (pure): an update while it lives, a governance proposal when it is past that.
import type { KnownBlock } from '../cosmos/endpoint-health.ts'
import { msToNs, nsToMs } from '../kernel/nanotime.ts'
import type { ClientRow } from './types.ts'

/** What an operator pastes into a shell must be nothing but ids: a chain may answer anything as a client id. */
const PLAIN_ID = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/

/** A host chain that makes no blocks, for what updates a client there meanwhile. */
export interface Halt {
  /** Time of its last block, Unix nanoseconds. */
  lastBlockNs: bigint
  /** The newest known block of the chain that the client tracks; null: not known. */
  tracked: KnownBlock | null
  /** The last of its blocks from before the host's last one that was seen; null or left out: none was. */
  before?: KnownBlock | null
}

type Updated = Pick<
  ClientRow,
  'chainId' | 'clientId' | 'trackedChainId' | 'latestHeight' | 'lastUpdateNs' | 'trustingPeriodNs'
>

/**
 * How a client is updated: the command, and what it needs. Where the host makes no blocks (`halt`), a header that is
 * newer than its last block by more than the clock drift is refused (facts page, "The first blocks after a halt"): the
 * command then names a height from before; there is none when headers from then are past their own deadline at `nowMs`
 * (Unix ms). Empty text where an id is not fit for a shell.
 */
export function updateAdvice(row: Updated, halt: Halt | null, nowMs: number): string {
  if (!halt) return [codeBlock(updateCommands(row)), updateNeeds(row)].filter(Boolean).join('\n')
  const { trackedChainId } = row
  const known = heightOf(row, halt)
  const commands = updateCommands(row).map((command) => `${command} --height ${known?.height ?? 'N'}`)
  if (commands.length === 0) return ''
  if (isTooLate(row, halt.lastBlockNs, nowMs))
    return `When ${row.chainId} goes on, it says that the client is expired; then only governance can recover it.`
  const tracked =
    trackedChainId !== null && PLAIN_ID.test(trackedChainId) ? trackedChainId : 'the chain that it tracks'
  const before = `before ${second(halt.lastBlockNs)} UTC`
  const which =
    known === null
      ? `N: the height of a block of ${tracked} from just ${before}`
      : known.timeNs === null
        ? `Height ${known.height} of ${tracked} is, as far as I can reckon, from ${before}`
        : `Height ${known.height} of ${tracked} is of ${second(known.timeNs)}, from ${before}`
  const rule = `${which}, the time of ${row.chainId}'s last block: a header from later is refused.`
  const untilNs = helpsUntilNs(row, known?.timeNs ?? halt.lastBlockNs)
  const until = untilNs === null ? null : `It helps if ${row.chainId} goes on before ${second(untilNs)} UTC.`
  return [codeBlock(commands), rule, until, updateNeeds(row)].filter(Boolean).join('\n')
}

/** The end of a header from just before the halt, Unix nanoseconds: nothing that the host takes lives longer. */
const helpsUntilNs = ({ trustingPeriodNs }: Pick<Updated, 'trustingPeriodNs'>, lastBlockNs: bigint) =>
  trustingPeriodNs === null ? null : lastBlockNs + trustingPeriodNs

/** Whether no update helps any more where the host makes no blocks since `lastBlockNs`, at `nowMs` (Unix ms). */
export function isTooLate(
  row: Pick<Updated, 'trustingPeriodNs'>,
  lastBlockNs: bigint,
  nowMs: number,
): boolean {
  const untilNs = helpsUntilNs(row, lastBlockNs)
  return untilNs !== null && untilNs <= msToNs(nowMs)
}

const second = (ns: bigint) => new Date(nsToMs(ns)).toISOString().slice(0, 19).replace('T', ' ')

/** The height of a header that the host takes; `timeNs` null: it is reckoned. */
function heightOf(
  { latestHeight, lastUpdateNs }: Updated,
  { lastBlockNs, tracked, before }: Halt,
): { height: bigint; timeNs: bigint | null } | null {
  if (!latestHeight || lastUpdateNs === null || !tracked) return null
  // One that was seen is taken: who reckons does not know how the chain's pace changed.
  if (before && before.height > latestHeight.height && before.height <= tracked.height - TIP) return before
  const height = heightBefore(lastBlockNs, { height: latestHeight.height, timeNs: lastUpdateNs }, tracked)
  return height === null ? null : { height, timeNs: null }
}

/** A height that is reckoned from blocks on both sides is put before the moment by this share of the way to them. */
const DOUBT = 20n
const DOUBT_AT_LEAST_NS = 60_000_000_000n
/** The newest block cannot be proved yet: its commit stands in the next one (`facts/updating.md`). */
const TIP = 2n

/**
 * A height of a chain from shortly before `beforeNs` (Unix nanoseconds), reckoned from a block before and its newest
 * one. Null where there is none between.
 */
export function heightBefore(beforeNs: bigint, from: KnownBlock, newest: KnownBlock): bigint | null {
  const spanNs = newest.timeNs - from.timeNs
  if (spanNs <= 0n || newest.height <= from.height) return null
  const sides = [beforeNs - from.timeNs, newest.timeNs - beforeNs] as const
  const nearNs = sides[0] < sides[1] ? sides[0] : sides[1]
  const doubtNs = nearNs / DOUBT > DOUBT_AT_LEAST_NS ? nearNs / DOUBT : DOUBT_AT_LEAST_NS
  const reckoned = from.height + ((sides[0] - doubtNs) * (newest.height - from.height)) / spanNs
  const tip = newest.height - TIP
  const height = newest.timeNs <= beforeNs || reckoned > tip ? tip : reckoned
  return height > from.height ? height : null
}

/**
 * The commands that update a client on its host chain: hermes (v1). Empty where an id is not fit for a shell.
 * Updating through rly needs the operator's own path name: see `RLY_UPDATE`.
 */
export function updateCommands(row: Pick<ClientRow, 'chainId' | 'clientId'>): string[] {
  if (![row.chainId, row.clientId].every((id) => PLAIN_ID.test(id))) return []
  return [`hermes update client --host-chain ${row.chainId} --client ${row.clientId}`]
}

/** Updates both ends of a path of rly's configuration. */
export const RLY_UPDATE = 'rly transact update-clients <path name>'

/** What an update needs of the tracked chain; null where that is not known. */
export function updateNeeds(row: Pick<ClientRow, 'trackedChainId' | 'latestHeight'>): string | null {
  if (row.trackedChainId === null || row.latestHeight === null || !PLAIN_ID.test(row.trackedChainId))
    return null
  const article = /^[aeiou]/i.test(row.trackedChainId) ? 'an' : 'a'
  return `The relayer needs ${article} ${row.trackedChainId} node that still holds block ${row.latestHeight.height}.`
}

export interface RecoverCommand {
  /** Which hosts it is for: "ibc-go v8 and later"; null where the host's version is known. */
  condition: string | null
  command: string
}

/**
 * The commands that propose to recover an expired or frozen client (the subject) from a substitute:
 * `recover-client` from ibc-go v8 on, the legacy `update-client` proposal before. Both where the host's major
 * version is not known (null). `substitute` null: a placeholder. Empty where an id is not fit for a shell.
 */
export function recoverCommands(
  hostIbcGoMajor: number | null,
  daemonName: string | null,
  subject: string,
  substitute: string | null = null,
): RecoverCommand[] {
  if (!PLAIN_ID.test(subject) || (substitute !== null && !PLAIN_ID.test(substitute))) return []
  const daemon = daemonName !== null && PLAIN_ID.test(daemonName) ? daemonName : '<daemon>'
  const clients = `${subject} ${substitute ?? '<substitute>'}`
  const current = `${daemon} tx ibc client recover-client ${clients} --title … --summary … --deposit …`
  const legacy = `${daemon} tx gov submit-legacy-proposal update-client ${clients} --title … --description … --deposit …`
  if (hostIbcGoMajor !== null) return [{ condition: null, command: hostIbcGoMajor >= 8 ? current : legacy }]
  return [
    { condition: 'ibc-go v8 and later', command: current },
    { condition: 'ibc-go v7 and earlier', command: legacy },
  ]
}

const SUBSTITUTE_RULE =
  'The substitute: on the same chain, of the same type, active until the proposal executes (keep it updated), at a later height, with the same unbonding period, trust level and clock drift.'

/** How governance recovers a client: the commands, and what they need. */
export function recoverAdvice(
  hostIbcGoMajor: number | null,
  daemonName: string | null | undefined,
  clientId: string,
): string {
  const commands = recoverCommands(hostIbcGoMajor, daemonName ?? null, clientId)
  return [codeBlock(commands), SUBSTITUTE_RULE].filter(Boolean).join('\n')
}

/** Commands in a code block; with their conditions as comments. Empty text for none. */
export function codeBlock(commands: readonly (string | RecoverCommand)[]): string {
  if (commands.length === 0) return ''
  const lines = commands.flatMap((one) => {
    if (typeof one === 'string') return [one]
    return one.condition === null ? [one.command] : [`# ${one.condition}`, one.command]
  })
  return ['```sh', ...lines, '```'].join('\n')
}
