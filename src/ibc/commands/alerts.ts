// `alerts`: what is open, the worst and the nearest first; what was past saving before anybody looked comes last.
import { RANK } from '../../alerts/life.ts'
import type { AlertState } from '../../alerts/types.ts'
import type { Call, Command, Reply } from '../../discord/command.ts'
import { code } from '../../discord/text.ts'
import { readIdentity } from '../identity.ts'
import { ago, chainLabel, clientLabel, count, expiresMs, grouped, label, SIGN } from '../words.ts'
import type { IbcCommandDeps } from './deps.ts'

interface Open {
  state: AlertState
  about: string
  deadlineMs: number | null
}

const PAGE = 12

/** Makes the command `alerts`. */
export function alertsCommand(deps: IbcCommandDeps): Command<object> {
  return {
    name: 'alerts',
    summary: 'What is open: number, level, since when, deadline',
    example: 'alerts',
    access: 'everyone',
    args: [],
    run: async (_args, call) => answer(deps, call),
  }
}

function answer(deps: IbcCommandDeps, call: Call): Reply {
  const open = deps.openAlerts().map(({ identity, state }) => describe(deps, identity, state))
  if (open.length === 0) return { text: `🟢 No alert is open, as of ${ago(call.nowMs)}.` }
  open.sort(inOrder)
  const quiet = open.filter(isQuiet).length
  const pages = Math.ceil(open.length / PAGE)
  const index = Math.min(Math.max(0, call.page), pages - 1)
  const shown = open.slice(index * PAGE, (index + 1) * PAGE)
  const firstQuiet = shown.findIndex(isQuiet)
  const lines = shown.map((one) => lineText(one, call.nowMs))
  if (firstQuiet >= 0) lines.splice(firstQuiet, 0, '**Past saving when first seen, not alarmed**')
  const told = `**${count(open.length - quiet, 'open alert')}**`
  const before = quiet > 0 ? `, and ${grouped(quiet)} past saving when first seen` : ''
  return {
    text: `${told}${before}, as of ${ago(call.nowMs)}`,
    embeds: [{ description: lines.join('\n') }],
    page: { index, count: pages },
  }
}

function describe({ store, directory, ...deps }: IbcCommandDeps, identity: string, state: AlertState): Open {
  const known = readIdentity(identity)
  if (!known) return { state, about: deps.describe?.(identity) ?? code(identity, 80), deadlineMs: null }
  if (known.kind === 'network') return { state, about: 'no chain can be read', deadlineMs: null }
  if (!('clientId' in known)) return { state, about: chainLabel(directory, known.chainId), deadlineMs: null }
  const row = store.client(known.chainId, known.clientId)
  const about = row
    ? clientLabel(row, directory)
    : `${chainLabel(directory, known.chainId)} ${label(known.clientId)}`
  return { state, about, deadlineMs: row ? expiresMs(row) : null }
}

/** Open without having been told: it was past saving when it was first seen. */
const isQuiet = ({ state }: Open) => state.toldLevel === null

function inOrder(a: Open, b: Open): number {
  const quiet = Number(isQuiet(a)) - Number(isQuiet(b))
  if (quiet !== 0) return quiet
  const rank = RANK[b.state.level] - RANK[a.state.level]
  if (rank !== 0) return rank
  const far = Number.MAX_SAFE_INTEGER
  return (a.deadlineMs ?? far) - (b.deadlineMs ?? far) || a.state.alertId! - b.state.alertId!
}

/** "#41 🔴 **critical** Osmosis 07-tendermint-1 (tracks Cosmos Hub) · expires in 9 minutes · open since …" */
function lineText({ state, about, deadlineMs }: Open, nowMs: number): string {
  const { level, ack } = state
  const sign = level === 'low' ? SIGN.warning : level === 'dry' ? SIGN.critical : SIGN[level]
  const deadline =
    deadlineMs === null ? '' : `${deadlineMs > nowMs ? 'expires' : 'expired'} ${ago(deadlineMs)}`
  const parts = [
    `#${state.alertId} ${sign} **${level}** ${about}`,
    deadline,
    `open since ${ago(state.raisedMs ?? state.sinceMs)}`,
    ack ? `<@${ack.userId}> has it${ack.untilMs === null ? '' : ` until ${ago(ack.untilMs)}`}` : '',
  ]
  return parts.filter(Boolean).join(' · ')
}
