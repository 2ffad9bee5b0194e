// The moderators' commands against abuse: excluding users and addresses, and who may be one person with many accounts.
import { type Call, type Command, pageOf, type Reply } from '../../discord/command.ts'
import { DAY_MS, parseDurationMs } from '../../kernel/duration.ts'
import { Refusal } from '../../kernel/errors.ts'
import type { Faucet, FaucetAtWork } from '../deps.ts'
import { moment } from '../messages.ts'
import { type Action, act, canonical, commonArgs, mineOf, moderatorCommand, reasonKept } from './act.ts'
import { SUSPECTS_LOOK_BACK_MS, type SuspectGroup, suspectGroups } from './suspects.ts'

/** Users shown of one group of suspects, and groups on one page. */
const SHOWN_USERS = 20
const GROUPS_PER_PAGE = 5

const LONGEST_BAN_MS = 3650 * DAY_MS

interface Target {
  user?: string
  address?: string
  chain?: string
}
type BanArgs = Target & { reason: string; group?: string; time?: string }
type UnbanArgs = Target & { note?: string }

/** /faucet_ban, /faucet_unban and /faucet_suspects. */
export function banningCommands(deps: FaucetAtWork): Command[] {
  const { chain, reason, user, address } = commonArgs(deps)
  return [
    moderatorCommand<BanArgs>(
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
      (args, call) => ban(deps, args, call),
    ),
    moderatorCommand<UnbanArgs>(
      'faucet_unban',
      'Lifts a ban',
      '',
      [user, address, chain, { name: 'note', summary: 'Why; kept in the audit' }],
      (args, call) => unban(deps, args, call),
    ),
    moderatorCommand<{ chain?: string }>(
      'faucet_suspects',
      'Users who may be one person with many accounts, with the evidence',
      '',
      [chain],
      (args, call) => suspects(deps, args, call),
    ),
  ]
}

async function ban(deps: FaucetAtWork, args: BanArgs, call: Call): Promise<Reply> {
  if (args.user === undefined && args.address === undefined && args.group === undefined) {
    throw new Refusal('Name a user, an address, or a group of `/faucet_suspects`.')
  }
  const mine = mineOf(deps, args.chain, call)
  const target = args.address === undefined ? undefined : canonical(mine, args.address)
  const lastsMs = args.time === undefined ? null : parseDurationMs(args.time)
  if (args.time !== undefined && !(lastsMs && lastsMs <= LONGEST_BAN_MS)) {
    throw new Refusal('`time` is not a duration such as `12h` or `7d`.')
  }
  const untilMs = lastsMs === null ? null : call.nowMs + lastsMs
  const why = reasonKept(args.reason)
  const groups = mine
    .flatMap((faucet) => groupsOf(deps, faucet, call))
    .filter(({ id }) => id === args.group?.trim())
  if (args.group !== undefined && groups.length === 0) {
    throw new Refusal('There is no such group now; it may have grown. See `/faucet_suspects`.')
  }
  const users = [
    ...new Set([...(args.user === undefined ? [] : [args.user]), ...groups.flatMap((one) => one.userIds)]),
  ]
  return act(deps, mine, call, ({ settings: { chain, address } }) => {
    const until = untilMs === null ? '' : ` (until ${new Date(untilMs).toISOString()})`
    const common = { chain, reason: why, byUserId: call.caller.userId, atMs: call.nowMs, untilMs }
    const actions: Action[] = users.map((userId) => {
      deps.store.ban({ ...common, kind: 'user', subject: userId })
      return { action: 'banned', userId, reason: why + until }
    })
    if (target?.startsWith(`${address.prefix}1`)) {
      deps.store.ban({ ...common, kind: 'address', subject: target })
      actions.push({ action: 'banned', address: target, reason: why + until })
    }
    return actions
  })
}

async function unban(deps: FaucetAtWork, args: UnbanArgs, call: Call): Promise<Reply> {
  const { user: userId } = args
  if (userId === undefined && args.address === undefined) throw new Refusal('Name a user or an address.')
  const mine = mineOf(deps, args.chain, call)
  const address = args.address === undefined ? undefined : canonical(mine, args.address)
  const reason = args.note === undefined ? null : reasonKept(args.note)
  return act(deps, mine, call, ({ settings: { chain } }) => {
    const actions: Action[] = []
    if (userId !== undefined && deps.store.unban(chain, 'user', userId))
      actions.push({ action: 'unbanned', userId, reason })
    if (address !== undefined && deps.store.unban(chain, 'address', address))
      actions.push({ action: 'unbanned', address, reason })
    return actions
  })
}

async function suspects(deps: FaucetAtWork, args: { chain?: string }, call: Call): Promise<Reply> {
  const mine = mineOf(deps, args.chain, call)
  const found = mine.flatMap((faucet) => groupsOf(deps, faucet, call).map((group) => ({ faucet, group })))
  if (found.length === 0) return { text: 'Nobody looks suspicious in the last 30 days.' }
  const { shown, page } = pageOf(found, GROUPS_PER_PAGE, call)
  const texts = shown.map(({ faucet, group }) => groupText(deps, faucet, group, mine.length > 1, call.nowMs))
  return {
    text: [...texts, 'To ban a whole group: `/faucet_ban` with `group`.'].join('\n\n'),
    page,
  }
}

function groupsOf(deps: FaucetAtWork, { settings }: Faucet, call: Call): SuspectGroup[] {
  const attempts = deps.store.attempts(settings.chain, call.nowMs - SUSPECTS_LOOK_BACK_MS)
  const isBanned = (userId: string) => deps.store.isBanned(settings.chain, userId, call.nowMs)
  // Who is banned already is done with; a group stands as long as one of it is not.
  return suspectGroups(attempts).filter(({ userIds }) => userIds.some((userId) => !isBanned(userId)))
}

function groupText(
  deps: FaucetAtWork,
  { settings }: Faucet,
  group: SuspectGroup,
  withChain: boolean,
  nowMs: number,
): string {
  const count = group.userIds.length
  const window = `between ${moment(group.fromMs)} and ${moment(group.toMs)}`
  const evidence = {
    address: `${count} users gave the same address \`${group.address}\``,
    created: `${count} accounts were made ${window}`,
    joined: `${count} members joined ${window} and then asked within a day of each other`,
  }[group.kind]
  const users = group.userIds.slice(0, SHOWN_USERS).map((userId) => {
    const banned = deps.store.isBanned(settings.chain, userId, nowMs) ? ' (banned)' : ''
    const { count: drips } = deps.store.page({ chains: [settings.chain], userId }, 0, 1)
    return `<@${userId}>${banned}${drips > 0 ? ` ${drips}×` : ''}`
  })
  const more = count > SHOWN_USERS ? ` and ${count - SHOWN_USERS} more` : ''
  return `\`${group.id}\`${withChain ? ` (${settings.chain})` : ''} ${evidence}:\n${users.join(', ')}${more}`
}
