// REST: messages that the bot writes and reads in channels and direct messages.
import {
  DiscordError,
  dmRefused,
  invalidForm,
  missingAccess,
  missingPermissions,
  notYourMessage,
  unknownMessage,
} from './errors.ts'
import { isSnowflake } from './ids.ts'
import { withoutContent } from './messages.ts'
import { PERMISSIONS } from './permissions.ts'
import { bot, noContent, ok, queryInt, type RestCall, type RestReply, type Route } from './rest.ts'
import { visibleChannel } from './rest-guild.ts'
import type { Message } from './types.ts'
import { type MessageBody, parseMessage } from './validate.ts'

/** How long a nonce is remembered. */
const NONCE_LIFE_MS = 5 * 60_000

function botMay({ world, params }: RestCall, permission: keyof typeof PERMISSIONS): boolean {
  const channel = world.channel(params.channel_id!)
  if (!channel?.guild_id) return true
  return (world.permissions(world.bot.id, channel.id) & PERMISSIONS[permission]) !== 0n
}

/** A message as the bot may see it. */
function seen({ world }: RestCall, message: Message): Message {
  if (world.portal.messageContent || !world.channel(message.channel_id)?.guild_id) return message
  return withoutContent({ ...message }, world.applicationId)
}

function find(call: RestCall): Message {
  visibleChannel(call)
  const message = call.world.posts.get(call.params.channel_id!, call.params.message_id!)
  if (!message) throw unknownMessage()
  return message
}

function create(call: RestCall): RestReply {
  const { world, uploads } = call
  const channel = visibleChannel(call)
  const recipient = channel.recipients?.[0]
  if (!botMay(call, 'SEND_MESSAGES')) throw missingPermissions()
  const body = parseMessage(call.body, { files: uploads.length })
  if (body.embeds?.length && !botMay(call, 'EMBED_LINKS')) throw missingPermissions()
  if (uploads.length > 0 && !botMay(call, 'ATTACH_FILES')) throw missingPermissions()
  checkReference(call, body)
  const refusal = recipient && world.dmRefusals.get(recipient.id)
  if (refusal) throw dmRefused(refusal)
  const known = body.enforce_nonce && body.nonce != null ? sameNonce(call, body.nonce) : undefined
  if (known) return ok(known)
  const message = world.posts.post({
    channelId: channel.id,
    author: world.bot,
    body,
    uploads,
    mayPingAll: botMay(call, 'MENTION_EVERYONE'),
  })
  return ok(message)
}

function sameNonce({ world, params }: RestCall, nonce: string | number): Message | undefined {
  const sinceMs = world.clock.now() - NONCE_LIFE_MS
  return world.posts
    .list(params.channel_id!)
    .find(
      (one) => one.author.id === world.bot.id && one.nonce === nonce && Date.parse(one.timestamp) > sinceMs,
    )
}

function checkReference(call: RestCall, body: MessageBody): void {
  const reference = body.message_reference
  if (!reference) return
  if (!botMay(call, 'READ_MESSAGE_HISTORY')) {
    throw new DiscordError(403, 160002, 'Cannot reply without permission to read message history')
  }
  const target = call.world.posts.get(call.params.channel_id!, reference.message_id)
  if (target || reference.fail_if_not_exists === false) return
  throw invalidForm([
    { path: ['message_reference'], code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' },
  ])
}

function edit(call: RestCall): RestReply {
  const before = find(call)
  if (before.author.id !== call.world.bot.id || before.webhook_id) throw notYourMessage()
  const body = parseMessage(call.body, { files: call.uploads.length, before })
  return ok(call.world.posts.edit(before, body, call.uploads))
}

function remove(call: RestCall): RestReply {
  const message = find(call)
  if (message.author.id !== call.world.bot.id && !botMay(call, 'MANAGE_MESSAGES')) throw missingPermissions()
  call.world.posts.remove(message)
  return noContent
}

/** Newest first; `before`, `after` and `around` exclude each other. */
function list(call: RestCall): RestReply {
  const { query, world } = call
  const channel = visibleChannel(call)
  const limit = queryInt(query, 'limit', 1, 100, 50)
  const bounds = ['before', 'after', 'around'].filter((name) => query.has(name))
  for (const name of bounds) {
    if (isSnowflake(query.get(name))) continue
    const message = `Value "${query.get(name)}" is not snowflake.`
    throw invalidForm([{ path: [name], code: 'NUMBER_TYPE_COERCE', message }])
  }
  if (!botMay(call, 'READ_MESSAGE_HISTORY')) return ok([])
  const all = world.posts.list(channel.id)
  const bound = bounds[0] ? BigInt(query.get(bounds[0])!) : 0n
  const older = all.filter((one) => BigInt(one.id) < bound)
  const newer = all.filter((one) => BigInt(one.id) > bound)
  let page = all.slice(-limit)
  if (bounds[0] === 'before') page = older.slice(-limit)
  if (bounds[0] === 'after') page = newer.slice(0, limit)
  if (bounds[0] === 'around') {
    const half = Math.floor(limit / 2)
    const centre = all.filter((one) => BigInt(one.id) === bound)
    page = [...older.slice(-half || older.length), ...centre, ...newer.slice(0, half)].slice(0, limit)
  }
  return ok(page.reverse().map((one) => seen(call, one)))
}

const MESSAGES = '/channels/{channel_id}/messages'
const MESSAGE = `${MESSAGES}/{message_id}`

export const messageRoutes: Route[] = [
  bot('POST', MESSAGES, create),
  bot('GET', MESSAGES, list),
  bot('GET', MESSAGE, (call) => {
    const message = find(call)
    if (!botMay(call, 'READ_MESSAGE_HISTORY')) throw missingAccess()
    return ok(seen(call, message))
  }),
  bot('PATCH', MESSAGE, edit),
  bot('DELETE', MESSAGE, remove),
]
