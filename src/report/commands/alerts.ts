// `alerts`: what is open, the worst and the nearest first; what was past saving before anybody looked comes last.
import { type Call, type Command, pageOf, type Reply } from '../../discord/command.ts'
import { count, grouped } from '../../words/numbers.ts'
import { ago } from '../../words/time.ts'
import { describe, inOrder, isQuiet, lineText } from '../open-alerts.ts'
import type { OverviewDeps } from './deps.ts'

const PAGE = 12

/** Makes the command `alerts`. */
export function alertsCommand(deps: OverviewDeps): Command<object> {
  return {
    name: 'alerts',
    summary: 'What is open: number, level, since when, deadline',
    example: 'alerts',
    access: 'everyone',
    args: [],
    run: async (_args, call) => answer(deps, call),
  }
}

function answer(deps: OverviewDeps, call: Call): Reply {
  const open = deps.openAlerts().map(({ identity, state }) => describe(deps, identity, state, call.nowMs))
  if (open.length === 0) return { text: `🟢 No alert is open, as of ${ago(call.nowMs)}.` }
  open.sort(inOrder)
  const quiet = open.filter(isQuiet).length
  const { shown, page } = pageOf(open, PAGE, call)
  const firstQuiet = shown.findIndex(isQuiet)
  const lines = shown.map((one) => lineText(one, call.nowMs))
  if (firstQuiet >= 0) lines.splice(firstQuiet, 0, '**Past saving when first seen, not alarmed**')
  const told = `**${count(open.length - quiet, 'open alert')}**`
  const before = quiet > 0 ? `, and ${grouped(quiet)} past saving when first seen` : ''
  return {
    text: `${told}${before}, as of ${ago(call.nowMs)}`,
    embeds: [{ description: lines.join('\n') }],
    page,
  }
}
