// The commands that mend a client (pure): an update while it lives, a governance proposal when it is past that.
import type { ClientRow } from './rows.ts'

/** What an operator pastes into a shell must be nothing but ids: a chain may answer anything as a client id. */
const PLAIN_ID = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/

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

/** What a substitute must be, in a sentence. */
export const SUBSTITUTE_RULE =
  'The substitute: on the same chain, of the same type, active until the proposal executes (keep it updated), at a later height, with the same unbonding period, trust level and clock drift.'

/** Commands in a code block; with their conditions as comments. Empty text for none. */
export function codeBlock(commands: readonly (string | RecoverCommand)[]): string {
  if (commands.length === 0) return ''
  const lines = commands.flatMap((one) => {
    if (typeof one === 'string') return [one]
    return one.condition === null ? [one.command] : [`# ${one.condition}`, one.command]
  })
  return ['```sh', ...lines, '```'].join('\n')
}
