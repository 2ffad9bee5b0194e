// `data`: the clients of all chains or one, what needs attention first, by pages, with filters.

import type { Severity } from '../../clients/assess.ts'
import { CLAIM_WORDS, isLost } from '../../clients/claim.ts'
import { chainOrRefuse, completeChain } from '../../clients/commands/find.ts'
import { type Line, lineOf, lineSign } from '../../clients/line.ts'
import { noDeadline, unreadableText } from '../../clients/words.ts'
import { type Call, type Command, pageOf, type Reply } from '../../discord/command.ts'
import { SIGN } from '../../words/levels.ts'
import { count, grouped, percent } from '../../words/numbers.ts'
import { code } from '../../words/text.ts'
import { ago } from '../../words/time.ts'
import { ageText, apartText, isApart, summaryApart } from '../overview.ts'
import type { OverviewDeps } from './deps.ts'

/** What an update still saves comes before what only governance does. */
const CLASS: Record<Severity, number> = {
  ok: 0,
  warning: 0,
  critical: 0,
  expired: 2,
  frozen: 3,
  unreadable: 1,
}

const GROUPS = ['active', 'idle', 'live', 'mine', 'other'] as const
/** What `[status]` takes: severities, and groups of clients; `other`: those that stand in one counted line without it. */
export const DATA_FILTERS = [...(Object.keys(CLASS) as Severity[]), ...GROUPS]
export type DataFilter = (typeof DATA_FILTERS)[number]

const PAGE = 12
/** How many chains that are not watched are named. */
const UNWATCHED_MAX = 10

/** Makes the command `data`. */
export function dataCommand(deps: OverviewDeps): Command<{ chain?: string; status?: DataFilter }> {
  return {
    name: 'data',
    summary: 'The clients: what needs attention first, by deadline, then the rest',
    example: 'data osmosis expired',
    access: 'everyone',
    args: [
      {
        name: 'chain',
        summary: 'Chain id or name; left out: all chains',
        complete: (typed) => completeChain(deps.directory, typed),
      },
      { name: 'status', summary: 'Only these clients', choices: DATA_FILTERS },
    ],
    run: async (args, call) => answer(deps, args, call),
  }
}

function answer(deps: OverviewDeps, args: { chain?: string; status?: DataFilter }, call: Call): Reply {
  const { directory, store } = deps
  const { nowMs } = call
  const also = ` To filter: ${DATA_FILTERS.map((one) => `\`${one}\``).join(', ')}.`
  const among = directory.known()
  const chains = args.chain === undefined ? among : [chainOrRefuse(directory, args.chain, { also, among })]
  const never = directory.unwatched().filter(({ isKnown }) => args.chain === undefined && !isKnown)
  const statuses = new Map(chains.map(({ chainId }) => [chainId, deps.chainStatus(chainId)]))
  const known = new Map(
    [...statuses].map(([chainId, status]) => [
      chainId,
      store.clients(chainId).map((row) => lineOf(row, { directory, status, nowMs })),
    ]),
  )
  const found = [...known.values()]
    .flat()
    .filter((line) => args.status === undefined || fits(line, args.status))
  // Whoever asks for a kind of client sees each of them.
  const apart = args.status === undefined ? found.filter(isApart) : []
  const lines = args.status === undefined ? found.filter((line) => !isApart(line)) : found
  lines.sort(inOrder)
  const { shown, before, page } = pageOf(lines, PAGE, call)
  const urgent = lines.filter(needsAttention).length
  const oldest = [...statuses.values()].map(({ readMs }) => readMs)
  const embeds: Reply['embeds'] = []
  if (page.index === 0) {
    const summaries = [...known].map(([chainId, lines]) => {
      const status = statuses.get(chainId)!
      return summaryApart({ name: directory.label(chainId), chainId, lines, status }, nowMs)
    })
    for (const { chainId, place } of never.slice(0, UNWATCHED_MAX))
      summaries.push(
        `${SIGN.blind} ${code(chainId, 60)} (${place}) is not watched: \`${call.show('status')}\``,
      )
    if (never.length > UNWATCHED_MAX)
      summaries.push(`${SIGN.blind} and ${never.length - UNWATCHED_MAX} more that are not watched`)
    embeds.push({ description: summaries.join('\n') || 'No chain is configured.' })
  }
  const last = page.index === page.count - 1 ? othersText(apart, args.chain, call) : ''
  const list = listText(deps, shown, { named: chains.length > 1, urgent, before, last })
  if (list) embeds.push({ description: list })
  const what = args.status === undefined ? '' : ` \`${args.status}\``
  const where = args.chain === undefined ? 'all chains' : directory.label(chains[0]!.chainId)
  return {
    text: `**${where}**${what}: ${count(found.length, 'client')}, ${grouped(urgent)} need${urgent === 1 ? 's' : ''} attention · ${ageText(oldest)}`,
    embeds,
    page,
  }
}

/** The clients of a page: those that need attention (of `urgent` in all), the rest, and `last`; empty without any. */
function listText(
  deps: OverviewDeps,
  shown: readonly Line[],
  { named, urgent, before, last }: { named: boolean; urgent: number; before: number; last: string },
): string {
  const needy = shown.filter(needsAttention)
  const rest = shown.filter((line) => !needsAttention(line))
  return [
    needy.length > 0 ? `**Needs attention** (${grouped(urgent)})` : '',
    ...needy.map((line) => lineText(line, deps, named)),
    rest.length > 0 && urgent > 0 && before <= urgent ? '**The rest**' : '',
    ...rest.map((line) => lineText(line, deps, named)),
    last,
  ]
    .filter(Boolean)
    .join('\n')
}

/** "⚪ 5 that alerts are not about: 3 expired, 2 ok: `$data osmosis other`", for the end of the list. */
const othersText = (apart: readonly Line[], chain: string | undefined, call: Call): string =>
  apart.length === 0
    ? ''
    : `${apartText(apart)}: ${code(call.show(['data', chain, 'other'].filter(Boolean).join(' ')), 80)}`

function fits(line: Line, filter: DataFilter): boolean {
  const { row, severity, status } = line
  if (filter === 'other') return isApart(line)
  if (filter === 'idle' || filter === 'live' || filter === 'mine') return row.attention === filter
  if (filter === 'active') return status === 'active'
  if (filter === 'unreadable') return severity === 'unreadable' || row.unseenSinceMs !== null
  return severity === filter
}

const needsAttention = ({ about, severity, row }: Line) =>
  about && (severity !== 'ok' || row.unseenSinceMs !== null)

function inOrder(a: Line, b: Line): number {
  const attention = Number(needsAttention(b)) - Number(needsAttention(a))
  if (attention !== 0) return attention
  const kind = classOf(a) - classOf(b)
  if (kind !== 0) return kind
  // What is past is the more interesting the later it was; what is to come, the sooner.
  const order = isLost(a.claim) ? -1 : 1
  const far = Number.MAX_SAFE_INTEGER
  const gap = order * ((a.deadlineMs ?? far) - (b.deadlineMs ?? far))
  return gap || compare(a.row.chainId, b.row.chainId) || byNumber(a.row.clientId, b.row.clientId)
}

const classOf = ({ claim, severity }: Line) =>
  claim !== null && !isLost(claim) ? CLASS.critical : CLASS[severity]

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const byNumber = (a: string, b: string) => a.length - b.length || compare(a, b)

/** "🔴 Osmosis `07-tendermint-1` → Cosmos Hub · expires in 9 minutes · 99 %" */
function lineText(line: Line, { directory }: OverviewDeps, named: boolean): string {
  const { row, severity, share } = line
  const host = named ? `${directory.label(row.chainId)} ` : ''
  const tracked = row.trackedChainId === null ? '' : ` → ${directory.label(row.trackedChainId)}`
  const marks = [
    `${lineSign(line)} ${host}${code(row.clientId, 40)}${tracked}`,
    stateText(line),
    share !== null && (severity === 'ok' || severity === 'warning' || severity === 'critical')
      ? percent(share)
      : '',
    row.unseenSinceMs === null || severity === 'unreadable'
      ? ''
      : `⚫ by the reading ${ago(row.readMs ?? 0)}`,
    row.ignored ? 'ignored' : row.attention === 'live' ? '' : row.attention,
  ]
  return marks.filter(Boolean).join(' · ')
}

function stateText({ row, severity, claim, deadlineMs }: Line): string {
  if (severity === 'unreadable') return unreadableText(row, 80)
  if (claim === 'frozen' || claim === 'unauthorized') return `**${CLAIM_WORDS[claim]}**`
  const when = deadlineMs === null ? '' : ` ${ago(deadlineMs)}`
  if (claim !== null) return `**${CLAIM_WORDS[claim]}**${when}`
  return deadlineMs === null ? noDeadline(row) : `expires${when}`
}
