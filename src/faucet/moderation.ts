// The moderators' commands: history, settling, pausing, banning, suspects. Each action is audited and shown.
import type { Call, Command, Reply } from '../discord/command.ts'
import { parseDurationMs } from '../kernel/duration.ts'
import { Refusal } from '../kernel/errors.ts'
import { readAddress, secretIn } from './address.ts'
import type { AuditEntry } from './audit.ts'
import type { Faucet } from './drip.ts'
import { inert, moment } from './messages.ts'
import { completeChain, faucetNamed, moderatedBy, type Room } from './room.ts'
import { SUSPECTS_LOOK_BACK_MS, type SuspectGroup, suspectGroups } from './suspects.ts'
import type { Drip } from './types.ts'

const PAGE = 10
/** Users shown of one group of suspects. */
const SHOWN_USERS = 20
const LONGEST_REASON = 300

const SIGN = { reserved: '…', sent: '✅', failed: '✖️', unknown: '❔' } as const

/** /drips, /drip_settle, /faucet_pause, /faucet_resume, /faucet_ban, /faucet_unban and /faucet_suspects. */
export function moderationCommands(room: Room): Command[] {
  const { faucets, store } = room
  const chain = {
    name: 'chain',
    summary: 'Which faucet; left out: all that you moderate',
    ...(faucets.length > 1 && { complete: completeChain(faucets) }),
  }
  const reason = { name: 'reason', summary: 'Why; users see it', required: true }
  const user = { name: 'user', summary: 'A user', kind: 'user' as const }
  const address = { name: 'address', summary: 'An address that this faucet pays to' }
  const command = <Args>(
    name: string,
    summary: string,
    example: string,
    args: Command['args'],
    run: Command<Args>['run'],
  ): Command<Args> => ({
    name,
    summary,
    example: `${name}${example}`,
    args,
    access: 'moderator',
    doors: 'slash',
    ephemeral: true,
    anyChannel: true,
    run,
  })

  return [
    command<{ user?: string; address?: string; chain?: string }>(
      'drips',
      'The history of the faucet, of a user or of an address',
      '',
      [user, address, chain],
      async (args, call) => {
        const mine = mineOf(room, args.chain, call)
        const target = args.address === undefined ? undefined : canonical(mine, args.address)
        const filter = {
          chains: mine.map(({ settings }) => settings.chain),
          userId: args.user,
          address: target,
        }
        const { drips, count } = store.page(filter, call.page * PAGE, PAGE)
        const pages = Math.max(1, Math.ceil(count / PAGE))
        const about = [args.user && `<@${args.user}>`, target && `\`${target}\``].filter(Boolean).join(', ')
        const head = `${count} request${count === 1 ? '' : 's'}${about ? ` of ${about}` : ''}, the newest first`
        return {
          text: [head, ...drips.map((drip) => dripLine(drip, mine.length > 1))].join('\n'),
          page: { index: Math.min(call.page, pages - 1), count: pages },
          ephemeral: true,
        }
      },
    ),
    command<{ id: number; outcome: 'sent' | 'failed'; note: string; hash?: string }>(
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
      (args, call) => settleDrip(room, args, call),
    ),
    command<{ reason: string; chain?: string }>(
      'faucet_pause',
      'Stops the faucet; users see the reason',
      ' the testnet is being upgraded',
      [reason, chain],
      async (args, call) => {
        const why = reasonOf(args.reason)
        return act(room, mineOf(room, args.chain, call), call, (faucet) => {
          store.pause(faucet.settings.chain, why, call.caller.userId, call.nowMs)
          return [{ action: 'paused', reason: why }]
        })
      },
    ),
    command<{ reason?: string; chain?: string }>(
      'faucet_resume',
      'Lets the faucet pay again',
      ' the upgrade is done',
      [{ ...reason, required: false }, chain],
      async (args, call) => {
        const why = args.reason === undefined ? null : reasonOf(args.reason)
        return act(room, mineOf(room, args.chain, call), call, (faucet) =>
          store.resume(faucet.settings.chain) ? [{ action: 'resumed', reason: why }] : [],
        )
      },
    ),
    command<{
      reason: string
      user?: string
      address?: string
      group?: string
      time?: string
      chain?: string
    }>(
      'faucet_ban',
      'Excludes a user, an address, or a whole group of /faucet_suspects',
      ' many accounts',
      [
        reason,
        user,
        address,
        { name: 'group', summary: 'Id of a group in /faucet_suspects: all its users' },
        { name: 'time', summary: 'For how long, such as 7d; left out: until it is lifted' },
        chain,
      ],
      (args, call) => ban(room, args, call),
    ),
    command<{ user?: string; address?: string; chain?: string; note?: string }>(
      'faucet_unban',
      'Lifts a ban',
      '',
      [user, address, chain, { name: 'note', summary: 'Why; kept in the audit' }],
      async (args, call) => {
        if (args.user === undefined && args.address === undefined)
          throw new Refusal('Name a user or an address.')
        const mine = mineOf(room, args.chain, call)
        const target = args.address === undefined ? undefined : canonical(mine, args.address)
        const note = args.note === undefined ? null : reasonOf(args.note)
        return act(room, mine, call, ({ settings }) => {
          const entries: Action[] = []
          if (args.user !== undefined && store.unban(settings.chain, 'user', args.user)) {
            entries.push({ action: 'unbanned', userId: args.user, reason: note })
          }
          if (target !== undefined && store.unban(settings.chain, 'address', target)) {
            entries.push({ action: 'unbanned', address: target, reason: note })
          }
          return entries
        })
      },
    ),
    command<{ chain?: string }>(
      'faucet_suspects',
      'Users who may be one person with many accounts, with the evidence',
      '',
      [chain],
      async (args, call) => {
        const mine = mineOf(room, args.chain, call)
        const found = mine.flatMap((faucet) =>
          groupsOf(room, faucet, call).map((group) => ({ faucet, group })),
        )
        if (found.length === 0)
          return { text: 'Nobody looks suspicious in the last 30 days.', ephemeral: true }
        const pages = Math.ceil(found.length / 5)
        const index = Math.min(call.page, pages - 1)
        const shown = found.slice(index * 5, index * 5 + 5)
        const lines = shown.map(({ faucet, group }) => groupText(room, faucet, group, mine.length > 1))
        return {
          text: [...lines, 'To ban a whole group: `/faucet_ban` with `group`.'].join('\n\n'),
          page: { index, count: pages },
          ephemeral: true,
        }
      },
    ),
  ]
}

type Action = Pick<AuditEntry, 'action' | 'reason'> & Partial<AuditEntry>

/**
 * The faucets that a moderator means.
 * @throws {Refusal} where the caller moderates none of them
 */
function mineOf(room: Room, chain: string | undefined, call: Call): Faucet[] {
  const named = chain === undefined ? room.faucets : [faucetNamed(room.faucets, chain)]
  const mine = moderatedBy(named, call)
  if (mine.length === 0) throw new Refusal('This is for the moderators of the faucet.')
  return mine
}

/** Runs an action on each faucet, in one transaction with its audit; then logs it and shows it in the audit channel. */
function act(room: Room, faucets: readonly Faucet[], call: Call, work: (faucet: Faucet) => Action[]): Reply {
  const entries = room.store.transaction(() =>
    faucets.flatMap((faucet) =>
      work(faucet).map((action) => {
        const { chain } = faucet.settings
        const entry: AuditEntry = { atMs: call.nowMs, chain, byUserId: call.caller.userId, ...action }
        room.audit.keep(entry)
        return { faucet, entry }
      }),
    ),
  )
  if (entries.length === 0) return { text: 'There was nothing to change.', ephemeral: true }
  for (const { faucet, entry } of entries) {
    room.audit.log(entry)
    show(room, faucet, entry)
  }
  return { text: entries.map(({ entry }) => actionText(entry)).join('\n'), ephemeral: true }
}

/** Shows an action in the audit channel, without waiting for it. */
function show(room: Room, { settings }: Faucet, entry: AuditEntry): void {
  if (settings.auditChannel === null) return
  const text = `${actionText(entry)} By <@${entry.byUserId}>.`
  room.speak.channel(settings.auditChannel, { text }).then(
    (sent) => {
      if (!sent)
        room.logger.warn({ channel: settings.auditChannel }, 'the audit channel could not be written to')
    },
    (error) => room.logger.warn({ err: error }, 'the audit channel could not be written to'),
  )
}

function actionText({ action, chain, userId, address, reason, dripId, txHash }: AuditEntry): string {
  const whom = [userId && `<@${userId}>`, address && `\`${address}\``].filter(Boolean).join(', ')
  const why = reason ? `: ${inert(reason, LONGEST_REASON)}` : ''
  const what: Partial<Record<AuditEntry['action'], string>> = {
    paused: `⏸ The faucet of ${chain} is paused`,
    resumed: `▶️ The faucet of ${chain} pays again`,
    banned: `⛔ ${whom} excluded from the faucet of ${chain}`,
    unbanned: `${whom} no longer excluded from the faucet of ${chain}`,
    settled: `Request #${dripId} of ${whom} settled${txHash ? ` (\`${txHash}\`)` : ''}`,
  }
  return `${what[action] ?? action}${why}.`
}

async function settleDrip(
  room: Room,
  args: { id: number; outcome: 'sent' | 'failed'; note: string; hash?: string },
  call: Call,
): Promise<Reply> {
  const mine = mineOf(room, undefined, call)
  const drip = room.store.byId(args.id)
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
  const note = reasonOf(args.note)
  const reply = act(room, [faucet], call, () => {
    const done = room.store.settle(
      drip.id,
      ['unknown'],
      // Cause null: what a moderator knows is no verdict on the faucet. The note stays between moderators.
      {
        status: args.outcome,
        cause: args.outcome === 'failed' ? 'ambiguous' : null,
        txHash: hash,
        told: false,
      },
      call.nowMs,
    )
    if (!done) return []
    const { userId, address } = drip
    return [
      {
        action: 'settled',
        userId,
        address,
        txHash: hash ?? drip.txHash,
        dripId: drip.id,
        reason: `${args.outcome}: ${note}`,
      },
    ]
  })
  void room.resolver.tell().catch((error) => room.logger.warn({ err: error }, 'a user could not be told'))
  return reply
}

function ban(
  room: Room,
  args: { reason: string; user?: string; address?: string; group?: string; time?: string; chain?: string },
  call: Call,
): Promise<Reply> {
  if (args.user === undefined && args.address === undefined && args.group === undefined) {
    throw new Refusal('Name a user, an address, or a group of `/faucet_suspects`.')
  }
  const mine = mineOf(room, args.chain, call)
  const target = args.address === undefined ? undefined : canonical(mine, args.address)
  const lastsMs = args.time === undefined ? null : parseDurationMs(args.time)
  if (args.time !== undefined && !(lastsMs && lastsMs < 100 * 365 * 86_400_000)) {
    throw new Refusal('`time` is not a duration such as `12h` or `7d`.')
  }
  const untilMs = lastsMs === null ? null : call.nowMs + lastsMs
  const why = reasonOf(args.reason)
  const groups = mine
    .flatMap((faucet) => groupsOf(room, faucet, call))
    .filter(({ id }) => id === args.group?.trim())
  if (args.group !== undefined && groups.length === 0) {
    throw new Refusal('There is no such group now; it may have grown. See `/faucet_suspects`.')
  }
  const users = [
    ...new Set([...(args.user === undefined ? [] : [args.user]), ...groups.flatMap((one) => one.userIds)]),
  ]
  const reply = act(room, mine, call, ({ settings: { chain, address } }) => {
    const until = untilMs === null ? '' : ` (until ${new Date(untilMs).toISOString()})`
    const common = { chain, reason: why, byUserId: call.caller.userId, atMs: call.nowMs, untilMs }
    const actions: Action[] = users.map((userId) => {
      room.store.ban({ ...common, kind: 'user', subject: userId })
      return { action: 'banned', userId, reason: why + until }
    })
    if (target?.startsWith(`${address.prefix}1`)) {
      room.store.ban({ ...common, kind: 'address', subject: target })
      actions.push({ action: 'banned', address: target, reason: why + until })
    }
    return actions
  })
  return Promise.resolve(reply)
}

/**
 * The canonical address, by the rule of any of these faucets.
 * @throws {Refusal} when none of them could pay to it
 */
function canonical(faucets: readonly Faucet[], typed: string): string {
  for (const { settings } of faucets) {
    const address = readAddress(typed, settings.address)
    if (address.ok) return address.canonical
  }
  const prefixes = faucets.map(({ settings }) => `${settings.address.prefix}1…`).join(' or ')
  throw new Refusal(`That is not a ${prefixes} address.`)
}

/**
 * A reason as it is kept and shown.
 * @throws {Refusal} when it is empty, or holds what must not be kept
 */
function reasonOf(typed: string): string {
  const text = typed.replace(/\s+/g, ' ').trim().slice(0, LONGEST_REASON)
  if (!text) throw new Refusal('Give a reason.')
  if (secretIn(text) === 'private key')
    throw new Refusal('This looks like a private key; I keep no such thing.')
  return text
}

function groupsOf(room: Room, { settings }: Faucet, call: Call): SuspectGroup[] {
  const attempts = room.audit.attempts(settings.chain, call.nowMs - SUSPECTS_LOOK_BACK_MS)
  const isBanned = (userId: string) => room.store.bansOf(settings.chain, userId, null).length > 0
  // Who is banned already is done with; a group stands as long as one of it is not.
  return suspectGroups(attempts).filter(({ userIds }) => userIds.some((userId) => !isBanned(userId)))
}

function groupText(room: Room, { settings }: Faucet, group: SuspectGroup, withChain: boolean): string {
  const count = group.userIds.length
  const window = `between ${moment(group.fromMs)} and ${moment(group.toMs)}`
  const evidence = {
    address: `${count} users gave the same address \`${group.address}\``,
    created: `${count} accounts were made ${window}`,
    joined: `${count} members joined ${window} and then asked within a day of each other`,
  }[group.kind]
  const users = group.userIds.slice(0, SHOWN_USERS).map((userId) => {
    const banned = room.store.bansOf(settings.chain, userId, null).length > 0 ? ' (banned)' : ''
    const { count: drips } = room.store.page({ chains: [settings.chain], userId }, 0, 1)
    return `<@${userId}>${banned}${drips > 0 ? ` ${drips}×` : ''}`
  })
  const more = count > SHOWN_USERS ? ` and ${count - SHOWN_USERS} more` : ''
  return `\`${group.id}\`${withChain ? ` (${settings.chain})` : ''} ${evidence}:\n${users.join(', ')}${more}`
}

function dripLine(drip: Drip, withChain: boolean): string {
  const at = `<t:${Math.floor(drip.atMs / 1000)}:f>`
  const chain = withChain ? ` ${drip.chain}` : ''
  const hash = drip.txHash ? ` \`${drip.txHash}\`` : ''
  const why = drip.cause ? ` (${drip.cause}${drip.detail ? `: ${inert(drip.detail, 80)}` : ''})` : ''
  return `#${drip.id}${chain} ${SIGN[drip.status]} ${drip.status} ${at} <@${drip.userId}> \`${drip.address}\`${hash}${why}`
}
