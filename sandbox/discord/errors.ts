// The refusals of Discord's REST API, as thrown inside of the sandbox and written as JSON by its server.

/** One finding about a field of a request's body. */
export interface FieldError {
  /** Where in the body: `['embeds', 0, 'title']`. */
  path: readonly (string | number)[]
  code: string
  message: string
}

/** A refusal with Discord's HTTP status, JSON error code and message. */
export class DiscordError extends Error {
  override name = 'DiscordError'
  readonly status: number
  readonly code: number
  readonly errors: unknown

  constructor(status: number, code: number, message: string, errors?: unknown) {
    super(message)
    this.status = status
    this.code = code
    this.errors = errors
  }

  /** The body that Discord sends. */
  toJSON(): Record<string, unknown> {
    const body: Record<string, unknown> = { message: this.message, code: this.code }
    if (this.errors !== undefined) body.errors = this.errors
    return body
  }
}

/** 400 with code 50035 and a tree of the findings. */
export function invalidForm(findings: readonly FieldError[]): DiscordError {
  // biome-ignore lint/suspicious/noExplicitAny: a tree of unknown depth is built up here
  const root: any = {}
  for (const { path, code, message } of findings) {
    let node = root
    for (const key of path) {
      node[key] ??= {}
      node = node[key]
    }
    node._errors ??= []
    node._errors.push({ code, message })
  }
  return new DiscordError(400, 50035, 'Invalid Form Body', root)
}

export const unauthorized = () => new DiscordError(401, 0, '401: Unauthorized')
export const notFound = () => new DiscordError(404, 0, '404: Not Found')
export const methodNotAllowed = () => new DiscordError(405, 0, '405: Method Not Allowed')
export const unknownChannel = () => new DiscordError(404, 10003, 'Unknown Channel')
export const unknownGuild = () => new DiscordError(404, 10004, 'Unknown Guild')
export const unknownMember = () => new DiscordError(404, 10007, 'Unknown Member')
export const unknownMessage = () => new DiscordError(404, 10008, 'Unknown Message')
export const unknownUser = () => new DiscordError(404, 10013, 'Unknown User')
export const unknownWebhook = () => new DiscordError(404, 10015, 'Unknown Webhook')
export const unknownInteraction = () => new DiscordError(404, 10062, 'Unknown interaction')
export const unknownCommand = () => new DiscordError(404, 10063, 'Unknown application command')
export const missingAccess = () => new DiscordError(403, 50001, 'Missing Access')
export const notYourMessage = () =>
  new DiscordError(403, 50005, 'Cannot edit a message authored by another user')
export const emptyMessage = () => new DiscordError(400, 50006, 'Cannot send an empty message')
export const missingPermissions = () => new DiscordError(403, 50013, 'Missing Permissions')
export const invalidWebhookToken = () => new DiscordError(401, 50027, 'Invalid Webhook Token')
export const wrongChannelType = () =>
  new DiscordError(400, 50024, 'Cannot execute action on this channel type')
export const forumNeedsThread = () =>
  new DiscordError(400, 220001, 'Webhooks posted to forum channels must have a thread_name or thread_id')
export const alreadyAcknowledged = () =>
  new DiscordError(400, 40060, 'Interaction has already been acknowledged.')

/** Why a direct message does not arrive. */
export type DmRefusal = 'closed' | 'no-mutual-guild' | 'too-fast'

/** 403 with 50007, 50278 or 40003. */
export function dmRefused(why: DmRefusal): DiscordError {
  if (why === 'too-fast') return new DiscordError(403, 40003, 'You are opening direct messages too fast')
  if (why === 'closed') return new DiscordError(403, 50007, 'Cannot send messages to this user')
  return new DiscordError(403, 50278, 'Cannot send messages to this user due to having no mutual guilds')
}
