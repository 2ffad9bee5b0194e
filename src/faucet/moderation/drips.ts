// The moderators' commands about drips and the whole faucet: history, settling, pausing and resuming.
import type { Call, Command, Reply } from '../../discord/command.ts'
import { Refusal } from '../../kernel/errors.ts'
import { code } from '../../words/text.ts'
import type { FaucetAtWork } from '../deps.ts'
import type { Drip, DripStatus } from '../types.ts'
import { act, canonical, commonArgs, mineOf, moderatorCommand, reasonKept } from './act.ts'

/** Lines on a page: as many as fit into one message. */
const PAGE = 7

const STATUSES: DripStatus[] = ['sent', 'failed', 'unknown', 'reserved']

const SIGN = { reserved: '…', sent: '✅', failed: '✖️', unknown: '❔' } as const

interface DripsArgs {
  user?: string
  address?: string
  status?: DripStatus
  chain?: string
}

/** /drips, /drip_settle, /faucet_pause and /faucet_resume. */
export function moderationCommands(deps: FaucetAtWork): Command[] {
  const { store } = deps
  const { chain, reason, user, address } = commonArgs(deps)
  return [
    moderatorCommand<DripsArgs>(
      'drips',
      'The history of the faucet, of a user or of an address',
      '',
      [user, address, { name: 'status', summary: 'Only these', choices: STATUSES }, chain],
      (args, call) => drips(deps, args, call),
    ),
    moderatorCommand<{ id: number; outcome: 'sent' | 'failed'; note: string; hash?: string }>(
      'drip_settle',
      'Settles a request whose outcome is unknown, after you looked it up',
      ' 12 sent seen in the explorer',
      [
        { name: 'id', summary: 'Number of the request, as in /drips', kind: 'integer', required: true },
        {
          name: 'outcome',
          summary: 'failed gives the allowance back',
          required: true,
          choices: ['sent', 'failed'],
        },
        { name: 'note', summary: 'How you know; kept in the audit', required: true },
        { name: 'hash', summary: 'The transaction, where you found it' },
      ],
      (args, call) => settleDrip(deps, args, call),
    ),
    moderatorCommand<{ reason: string; chain?: string }>(
      'faucet_pause',
      'Stops the faucet; users see the reason',
      ' the testnet is being upgraded',
      [reason, chain],
      async (args, call) => {
        const why = reasonKept(args.reason)
        return act(deps, mineOf(deps, args.chain, call), call, (faucet) => {
          store.pause(faucet.settings.chain, why, call.caller.userId, call.nowMs)
          return [{ action: 'paused', reason: why }]
        })
      },
    ),
    moderatorCommand<{ reason?: string; chain?: string }>(
      'faucet_resume',
      'Lets the faucet pay again',
      ' the upgrade is done',
      [{ ...reason, required: false }, chain],
      async (args, call) => {
        const why = args.reason === undefined ? null : reasonKept(args.reason)
        return act(deps, mineOf(deps, args.chain, call), call, (faucet) =>
          store.resume(faucet.settings.chain) ? [{ action: 'resumed', reason: why }] : [],
        )
      },
    ),
  ]
}

async function drips(deps: FaucetAtWork, args: DripsArgs, call: Call): Promise<Reply> {
  const mine = mineOf(deps, args.chain, call)
  const address = args.address === undefined ? undefined : canonical(mine, args.address)
  const { user: userId, status } = args
  const filter = { chains: mine.map(({ settings }) => settings.chain), userId, address, status }
  const { drips, count } = deps.store.page(filter, call.page * PAGE, PAGE)
  const pages = Math.max(1, Math.ceil(count / PAGE))
  const about = [userId && `<@${userId}>`, address && `\`${address}\``].filter(Boolean).join(', ')
  const which = status ? `${status} ` : ''
  const head = `${count} ${which}request${count === 1 ? '' : 's'}${about ? ` of ${about}` : ''}, the newest first`
  return {
    text: [head, ...drips.map((drip) => dripLine(drip, mine.length > 1))].join('\n'),
    page: { index: Math.min(call.page, pages - 1), count: pages },
  }
}

async function settleDrip(
  deps: FaucetAtWork,
  args: { id: number; outcome: 'sent' | 'failed'; note: string; hash?: string },
  call: Call,
): Promise<Reply> {
  const mine = mineOf(deps, undefined, call)
  const drip = deps.store.byId(args.id)
  const faucet = mine.find(({ settings }) => settings.chain === drip?.chain)
  if (!drip || !faucet)
    throw new Refusal(`There is no request #${args.id} that you could settle; see \`/drips\`.`)
  if (drip.status !== 'unknown') {
    throw new Refusal(`Request #${drip.id} is ${drip.status}: only what is unknown can be settled.`)
  }
  const hash = args.hash?.trim()
  if (hash !== undefined && !/^[A-Za-z0-9]{8,128}$/.test(hash)) {
    throw new Refusal('A transaction hash has letters and digits only.')
  }
  const note = reasonKept(args.note)
  const { outcome } = args
  const reply = act(deps, [faucet], call, () => {
    const done = deps.store.settle(
      drip.id,
      ['unknown'],
      // Cause null: what a moderator knows is no verdict on the faucet. The note stays between moderators.
      { status: outcome, cause: outcome === 'failed' ? 'ambiguous' : null, txHash: hash, told: false },
      call.nowMs,
    )
    if (!done) return []
    const { id: dripId, userId, address } = drip
    const reason = `${outcome}: ${note}`
    return [{ action: 'settled', userId, address, txHash: hash ?? drip.txHash, dripId, reason }]
  })
  void deps.tell().catch((error) => deps.logger.warn({ err: error }, 'a user could not be told'))
  return reply
}

function dripLine(drip: Drip, withChain: boolean): string {
  const at = `<t:${Math.floor(drip.atMs / 1000)}:f>`
  const chain = withChain ? ` ${drip.chain}` : ''
  const [first, ...more] = drip.txHash?.split(' ') ?? []
  const hash = first ? ` \`${first}\`${more.length > 0 ? ` and ${more.length} more` : ''}` : ''
  const why = drip.cause ? ` (${drip.cause}${drip.detail ? `: ${code(drip.detail, 60)}` : ''})` : ''
  return `#${drip.id}${chain} ${SIGN[drip.status]} ${drip.status} ${at} <@${drip.userId}> \`${drip.address}\`${hash}${why}`
}
