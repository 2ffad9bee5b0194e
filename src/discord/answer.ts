// Sends an answer and changes it later: the first time new messages, after that edits of the same messages.
import { randomBytes } from 'node:crypto'
import { DiscordAPIError, RateLimitError } from 'discord.js'
import { formatDuration } from '../kernel/duration.ts'
import type { Logger } from '../kernel/logger.ts'
import type { Reply } from './command.ts'
import { type AnswerPayload, type PageTarget, toPayloads } from './reply.ts'

/** How messages of one answer travel: over an interaction's token, or as messages in the channel. */
export interface AnswerTransport {
  /** Sends the first message, or fills in a deferred one. Returns its id. */
  first(payload: AnswerPayload): Promise<string>
  more(payload: AnswerPayload): Promise<string>
  edit(id: string, payload: AnswerPayload, isFirst: boolean): Promise<void>
  remove(id: string): Promise<void>
  /** Whether messages can still be sent or changed. */
  isOpen(): boolean
}

/** One answer. `send` may be called again: it then changes what was sent. False when it could not be sent. */
export interface CallAnswer {
  send(reply: Reply): Promise<boolean>
  /** What page buttons run; known once the arguments are. */
  target?: PageTarget
}

/** Makes the answer to one call. Calls of `send` wait for each other. */
export function createAnswer(transport: AnswerTransport, logger: Logger): CallAnswer {
  const ids: string[] = []
  let queue: Promise<unknown> = Promise.resolve()

  async function put(payloads: AnswerPayload[]): Promise<void> {
    for (const [i, payload] of payloads.entries()) {
      const id = ids[i]
      if (id !== undefined) await transport.edit(id, payload, i === 0)
      else ids.push(await (i === 0 ? transport.first(payload) : transport.more(payload)))
    }
    for (const id of ids.splice(payloads.length)) await transport.remove(id)
  }

  async function send(reply: Reply): Promise<boolean> {
    if (!transport.isOpen()) return false
    try {
      await put(toPayloads(reply, answer.target))
      return true
    } catch (error) {
      if (!(error instanceof DiscordAPIError) || error.status !== 400) {
        logger.info({ err: describeFailure(error) }, 'an answer could not be sent')
        return false
      }
      // Refused as malformed: a bug of ours, and the user is not left without an answer.
      const { errorId, text } = internalError()
      logger.error({ errorId, err: describeFailure(error) }, 'Discord refused an answer as malformed')
      return put(toPayloads({ text })).then(
        () => true,
        () => false,
      )
    }
  }

  const answer: CallAnswer = {
    send(reply) {
      const sent = queue.then(() => send(reply))
      queue = sent
      return sent
    },
  }
  return answer
}

/** What is told of a bug of ours, with the id under which the log has it. */
export function internalError() {
  const errorId = randomBytes(2).toString('hex')
  return { errorId, text: `Internal error \`${errorId}\`. The log has the details under this id.` }
}

/** Discord's own error has a code; a proxy, a firewall or Cloudflare before it answers with a status alone. */
export function isDiscordsWord(error: unknown): error is DiscordAPIError {
  return error instanceof DiscordAPIError && typeof error.code === 'number'
}

/** What the log gets of a failed request: never its URL (it holds the interaction's token) nor its body. */
export function describeFailure(error: unknown): { message: string; [detail: string]: unknown } {
  if (error instanceof RateLimitError)
    return { message: `Discord asks to wait ${formatDuration(error.retryAfter)}` }
  if (error instanceof DiscordAPIError) {
    return { status: error.status, code: error.code, message: error.message }
  }
  return error instanceof Error
    ? { name: error.name, message: error.message, stack: error.stack }
    : { message: String(error) }
}
