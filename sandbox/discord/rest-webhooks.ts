// REST: webhooks, and the answers to interactions, which Discord serves under the same paths.
import {
  DiscordError,
  forumNeedsThread,
  invalidWebhookToken,
  missingPermissions,
  unknownChannel,
  unknownMessage,
  unknownWebhook,
  wrongChannelType,
} from './errors.ts'
import { parseForm } from './form.ts'
import { PERMISSIONS } from './permissions.ts'
import { bot, noContent, ok, open, type RestCall, type RestReply, type Route } from './rest.ts'
import { knownGuild, visibleChannel } from './rest-guild.ts'
import type { Channel, Message, User, Webhook } from './types.ts'
import { parseMessage, webhookBody } from './validate.ts'
import { withoutInteractive } from './validate-components.ts'

const MOST_WEBHOOKS = 15
/** Forums and media channels. */
const FORUMS = [15, 16]
/** Types of channels that have webhooks: text, voice, announcements, stages, forums, media. */
const WITH_WEBHOOKS = [0, 2, 5, 13, ...FORUMS]

/** A channel that may have webhooks. @throws {DiscordError} 10003, 50001, 50024, 50013 */
function manageable(call: RestCall): Channel {
  const channel = visibleChannel(call)
  mayManage(call, channel.id)
  if (!WITH_WEBHOOKS.includes(channel.type)) throw wrongChannelType()
  return channel
}

/** @throws {DiscordError} 10015, 50027 */
function webhookOf({ world, params }: RestCall): Webhook {
  const webhook = world.webhooks.get(params.webhook_id!)
  if (!webhook) throw unknownWebhook()
  if (webhook.token !== params.webhook_token) throw invalidWebhookToken()
  return webhook
}

/** Whether the path is that of an interaction's answers: the application's id and an interaction's token. */
function isInteraction({ world, params }: RestCall): boolean {
  return params.webhook_id === world.applicationId
}

/** Where its messages stand: its channel, or the thread of it that the query names. @throws {DiscordError} 10003, 220001 */
function placeOf({ world, query }: RestCall, webhook: Webhook): Channel {
  const threadId = query.get('thread_id')
  const place = world.channel(threadId ?? webhook.channel_id)
  if (!place) throw threadId === null ? unknownWebhook() : unknownChannel()
  if (threadId !== null && place.parent_id !== webhook.channel_id) throw unknownChannel()
  if (FORUMS.includes(place.type)) throw forumNeedsThread()
  return place
}

/** The body without the components that Discord drops for a webhook that no application owns. */
function allowedBody({ body, query }: RestCall, webhook: Webhook): unknown {
  const sent = body as { components?: unknown } | undefined
  if (webhook.application_id !== null || !Array.isArray(sent?.components)) return body
  const respected = query.get('with_components') === 'true'
  return { ...sent, components: respected ? withoutInteractive(sent.components) : [] }
}

function execute(call: RestCall): RestReply {
  const { world, uploads, params, query } = call
  if (isInteraction(call)) return ok(world.interactions.followUp(params.webhook_token!, call.body, uploads))
  const webhook = webhookOf(call)
  const channel = placeOf(call, webhook)
  // The limits are those of what was sent, also where it is dropped.
  parseMessage(call.body, { files: uploads.length })
  const body = parseMessage(allowedBody(call, webhook), { files: uploads.length })
  const author: User = {
    id: webhook.id,
    username: body.username ?? webhook.name,
    global_name: null,
    discriminator: '0000',
    avatar: null,
    bot: true,
  }
  const message = world.posts.post({
    channelId: channel.id,
    author,
    body,
    uploads,
    webhookId: webhook.id,
    applicationId: webhook.application_id,
    mayPingAll: true,
  })
  return query.get('wait') === 'true' ? ok(message) : noContent
}

function webhookMessage(call: RestCall): Message {
  const { world, params } = call
  if (isInteraction(call)) return world.interactions.message(params.webhook_token!, params.message_id!)
  const webhook = webhookOf(call)
  const message = world.posts.get(placeOf(call, webhook).id, params.message_id!)
  if (message?.webhook_id !== webhook.id) throw unknownMessage()
  return message
}

function editMessage(call: RestCall): RestReply {
  const { world, params, uploads } = call
  if (isInteraction(call)) {
    return ok(world.interactions.editFollowUp(params.webhook_token!, params.message_id!, call.body, uploads))
  }
  const before = webhookMessage(call)
  const body = parseMessage(allowedBody(call, webhookOf(call)), { files: uploads.length, before })
  return ok(world.posts.edit(before, body, uploads))
}

function deleteMessage(call: RestCall): RestReply {
  const message = webhookMessage(call)
  if (isInteraction(call)) call.world.interactions.delete(call.params.webhook_token!, message)
  else call.world.posts.remove(message)
  return noContent
}

/** `@original` exists for interactions only. */
function originalOf(call: RestCall): Message {
  if (!isInteraction(call)) {
    webhookOf(call)
    throw unknownMessage()
  }
  return call.world.interactions.original(call.params.webhook_token!)
}

function editOriginal(call: RestCall): RestReply {
  originalOf(call)
  return ok(call.world.interactions.editOriginal(call.params.webhook_token!, call.body, call.uploads))
}

function deleteOriginal(call: RestCall): RestReply {
  call.world.interactions.delete(call.params.webhook_token!, originalOf(call))
  return noContent
}

function answer(call: RestCall): RestReply {
  const { world, params, query } = call
  const { interaction_id: id, interaction_token: token } = params
  const shown = world.interactions.answer(id!, token!, call.body, call.uploads)
  return query.get('with_response') === 'true' ? ok(shown) : noContent
}

function mayManage({ world }: RestCall, channelId?: string): void {
  if (!(world.permissions(world.bot.id, channelId) & PERMISSIONS.MANAGE_WEBHOOKS)) throw missingPermissions()
}

function create(call: RestCall): RestReply {
  const { world } = call
  const channel = manageable(call)
  const { name } = parseForm(webhookBody, call.body)
  const there = [...world.webhooks.values()].filter((one) => one.channel_id === channel.id)
  if (there.length >= MOST_WEBHOOKS) {
    throw new DiscordError(400, 30007, `Maximum number of webhooks reached (${MOST_WEBHOOKS})`)
  }
  const webhook = world.createWebhook(channel.id, { name, applicationId: world.applicationId })
  return ok({ ...webhook, user: world.bot })
}

/** A webhook named by its id alone, with the bot's right to it. */
function managed(call: RestCall): Webhook {
  const webhook = call.world.webhooks.get(call.params.webhook_id!)
  if (!webhook) throw unknownWebhook()
  mayManage(call, webhook.channel_id)
  return webhook
}

function rename(call: RestCall, webhook: Webhook): RestReply {
  const { name } = parseForm(webhookBody.partial(), call.body)
  if (name) webhook.name = name
  return ok(webhook)
}

function removeWebhook(call: RestCall, webhook: Webhook): RestReply {
  call.world.deleteWebhook(webhook.id)
  return noContent
}

const BY_ID = '/webhooks/{webhook_id}'
const BY_TOKEN = '/webhooks/{webhook_id}/{webhook_token}'
const ORIGINAL = `${BY_TOKEN}/messages/@original`
const MESSAGE = `${BY_TOKEN}/messages/{message_id}`

export const webhookRoutes: Route[] = [
  open('POST', '/interactions/{interaction_id}/{interaction_token}/callback', answer),
  open('GET', ORIGINAL, (call) => ok(originalOf(call))),
  open('PATCH', ORIGINAL, editOriginal),
  open('DELETE', ORIGINAL, deleteOriginal),
  open('GET', BY_TOKEN, (call) => ok(webhookOf(call))),
  open('POST', BY_TOKEN, execute),
  open('PATCH', BY_TOKEN, (call) => rename(call, webhookOf(call))),
  open('DELETE', BY_TOKEN, (call) => removeWebhook(call, webhookOf(call))),
  open('GET', MESSAGE, (call) => ok(webhookMessage(call))),
  open('PATCH', MESSAGE, editMessage),
  open('DELETE', MESSAGE, deleteMessage),
  bot('GET', BY_ID, (call) => ok(managed(call))),
  bot('PATCH', BY_ID, (call) => rename(call, managed(call))),
  bot('DELETE', BY_ID, (call) => removeWebhook(call, managed(call))),
  bot('GET', '/channels/{channel_id}/webhooks', (call) => {
    const { world } = call
    const channel = manageable(call)
    // The token of one that another application made is not shown.
    const shown = ({ token, ...one }: Webhook) =>
      one.application_id === null || one.application_id === world.applicationId ? { ...one, token } : one
    return ok([...world.webhooks.values()].filter((one) => one.channel_id === channel.id).map(shown))
  }),
  bot('POST', '/channels/{channel_id}/webhooks', create),
  bot('GET', '/guilds/{guild_id}/webhooks', (call) => {
    knownGuild(call)
    mayManage(call)
    return ok([...call.world.webhooks.values()])
  }),
]
