// One use of a command, whatever the door: look it up, authorise, check the arguments, run it, put failures in words.
import { formatDuration } from '../kernel/duration.ts'
import { Refusal, UpstreamError } from '../kernel/errors.ts'
import type { Logger } from '../kernel/logger.ts'
import { plain } from '../words/text.ts'
import { internalError } from './answer.ts'
import { convertArgs, type RawArgs } from './arguments.ts'
import type { Call, Caller, Command, Reply } from './command.ts'
import type { PageTarget } from './reply.ts'

/** Who may do what, where; from the configuration. */
export interface AccessPolicy {
  /** Channels in which commands are answered; left out: everywhere. */
  commandChannels?: readonly string[]
  /** Left out: whoever may manage the server. */
  adminRoles?: readonly string[]
  /** Left out: the admins. */
  moderatorRoles?: readonly string[]
}

export interface DispatchDeps {
  policy: AccessPolicy
  logger: Logger
}

/** What became of a call. `failed`: the text says why not (a refusal, an upstream, a bug). */
export interface Outcome {
  reply: Reply
  failed: boolean
}

/**
 * Either refused at once, or ready to run, which then always ends with an outcome and never throws. `target` is what
 * page buttons under its answer run.
 */
export type PreparedCall = { refused: Reply } | { run: () => Promise<Outcome>; target: PageTarget }

/**
 * Checks that the caller may use the command here and that its arguments are good, before anything is run or
 * deferred. `readArgs` gives the argument texts and may refuse them; `channelIds` are the channel and, for a
 * thread, its parent.
 */
export function prepare(
  command: Command,
  readArgs: () => RawArgs,
  call: Call,
  channelIds: readonly string[],
  deps: DispatchDeps,
): PreparedCall {
  try {
    authorise(command, call, channelIds, deps.policy)
    const raw = readArgs()
    const args = convertArgs(command, raw, call.show)
    const target = { command: command.name, args: command.args.map((arg) => raw[arg.name] ?? '') }
    return { run: () => runCommand(command, args, call, deps), target }
  } catch (error) {
    return { refused: failureReply(error, command, call, deps) }
  }
}

/** Whether commands are answered in one of these channels (a channel and, for a thread, its parent). */
export function isCommandChannel(channelIds: readonly string[], policy: AccessPolicy): boolean {
  return policy.commandChannels === undefined || channelIds.some((id) => policy.commandChannels!.includes(id))
}

/** @throws {Refusal} where the caller may not use this command here */
export function authorise(
  command: Command,
  call: Pick<Call, 'caller' | 'show'>,
  channelIds: readonly string[],
  policy: AccessPolicy,
): void {
  if (!command.anyChannel && !isCommandChannel(channelIds, policy)) {
    const where = policy.commandChannels!.map((id) => `<#${id}>`).join(' or ')
    throw new Refusal(where ? `Commands are answered in ${where}.` : 'Commands are answered in no channel.')
  }
  const may = {
    everyone: () => true,
    admin: () => call.caller.isAdmin,
    moderator: () => isModerator(call.caller, policy),
  }[command.access]()
  if (may) return
  const roles = command.access === 'admin' ? policy.adminRoles : (policy.moderatorRoles ?? policy.adminRoles)
  const who = roles ? roles.map((id) => `<@&${id}>`).join(' or ') || 'nobody' : 'who may manage this server'
  throw new Refusal(`\`${call.show(command.name)}\` is only for ${who}.`)
}

function isModerator(caller: Caller, policy: AccessPolicy): boolean {
  if (!policy.moderatorRoles) return caller.isAdmin
  return policy.moderatorRoles.some((id) => caller.roleIds.includes(id))
}

async function runCommand(command: Command, args: object, call: Call, deps: DispatchDeps): Promise<Outcome> {
  try {
    return { reply: await command.run(args, call), failed: false }
  } catch (error) {
    return { reply: failureReply(error, command, call, deps), failed: true }
  }
}

/** A failure in words for the caller. A bug is logged with its stack under the id that the user sees. */
function failureReply(error: unknown, command: Command, call: Call, deps: DispatchDeps): Reply {
  if (error instanceof Refusal) return { text: error.message }
  if (error instanceof UpstreamError) {
    deps.logger.warn(
      { command: command.name, callId: call.id, err: error },
      'an upstream failed during a command',
    )
    return { text: upstreamWords(error) }
  }
  const { errorId, text } = internalError()
  // Neither arguments nor texts of the user: they may hold what should never have been typed.
  deps.logger.error(
    { errorId, command: command.name, callId: call.id, err: error },
    'internal error in a command',
  )
  return { text }
}

/** "I could not ask lcd.example.org: it did not answer in time. Try again in 2 min." */
export function upstreamWords(error: UpstreamError): string {
  const whom = error.endpoint ? ` ${plain(error.endpoint, 80)}` : ''
  const again = !error.retryable
    ? ''
    : error.retryAfterMs === null
      ? ' Try again in a while.'
      : ` Try again in ${formatDuration(error.retryAfterMs)}.`
  const what = error.message.replace(error.endpoint && `${error.endpoint}: `, '').replace(/[.\s]+$/, '')
  return `I could not ask${whom}: ${plain(what, 400) || error.kind}.${again}`
}
