// Interactions: their tokens, the three seconds in which they must be answered, and the answers themselves.
import {
  alreadyAcknowledged,
  invalidForm,
  invalidWebhookToken,
  unknownInteraction,
  unknownMessage,
  unknownWebhook,
} from './errors.ts'
import { parseForm } from './form.ts'
import type { Messages } from './messages.ts'
import type { Places } from './places.ts'
import { FLAGS, type Message, type Upload } from './types.ts'
import { choicesBody, type MessageBody, parseMessage } from './validate.ts'

/** An interaction must be answered or deferred within this time. */
export const ANSWER_WITHIN_MS = 3_000
/** The time for which an interaction's token works. */
export const TOKEN_LIFE_MS = 15 * 60_000

const COMMAND = 2
const AUTOCOMPLETE = 4

/** Types of the first answer. */
const ANSWER = { message: 4, deferred: 5, deferredUpdate: 6, update: 7, choices: 8 } as const

export type Autocomplete = { name: string; value: string | number }[]

/** What a user sees of a command or a button that they used. */
export interface InteractionHandle {
  readonly id: string
  readonly token: string
  /** As the gateway delivered it. */
  readonly payload: Record<string, unknown>
  /** The type of the first answer (4 message, 5 defer, 6 and 7 update of the message, 8 choices). */
  readonly acknowledged: Promise<number>
  /** The answer once it can be read: the first message, or the edit that completes a defer. */
  readonly reply: Promise<Message>
  /** Whether only the user sees the answer; null before it. */
  readonly ephemeral: boolean | null
  /** The answer as it is now (null when there is none, or it was deleted); a button's own message before that. */
  readonly original: Message | null
  readonly followups: readonly Message[]
}

interface State extends InteractionHandle {
  type: number
  userId: string
  channelId: string
  createdMs: number
  callbackType: number | null
  ephemeral: boolean | null
  original: Message | null
  followups: Message[]
  choices: Promise<Autocomplete>
  settle: {
    acknowledged(type: number): void
    reply(message: Message): void
    choices(list: Autocomplete): void
  }
}

/** The book of all interactions. */
export class Interactions {
  readonly #world: Places
  readonly #posts: Messages
  readonly #byId = new Map<string, State>()
  readonly #byToken = new Map<string, State>()
  readonly #timers = new Set<() => void>()

  constructor(world: Places, posts: Messages) {
    this.#world = world
    this.#posts = posts
  }

  /** Sends an interaction to the bot. `payload` has what is special to it; `source` is a button's message. */
  start(
    type: number,
    userId: string,
    channelId: string,
    payload: Record<string, unknown>,
    source: Message | null = null,
  ): InteractionHandle & { choices: Promise<Autocomplete> } {
    const id = this.#world.nextId()
    const acknowledged = outcome<number>()
    const reply = outcome<Message>()
    const choices = outcome<Autocomplete>()
    const fail = (error: Error) => {
      for (const { reject } of [acknowledged, reply, choices]) reject(error)
    }
    const token = `an-interaction-token-${id}`
    const state: State = {
      id,
      token,
      payload: { id, token, ...payload },
      acknowledged: acknowledged.promise,
      reply: reply.promise,
      choices: choices.promise,
      ephemeral: null,
      original: source,
      followups: [],
      type,
      userId,
      channelId,
      createdMs: this.#world.clock.now(),
      callbackType: null,
      settle: { acknowledged: acknowledged.resolve, reply: reply.resolve, choices: choices.resolve },
    }
    this.#byId.set(id, state)
    this.#byToken.set(token, state)
    this.#failAt(state.createdMs + ANSWER_WITHIN_MS, acknowledged.promise, () =>
      fail(new Error('The application did not respond')),
    )
    this.#failAt(state.createdMs + TOKEN_LIFE_MS, Promise.race([reply.promise, choices.promise]), () =>
      fail(new Error('The answer never came')),
    )
    if (this.#world.portal.interactionsEndpoint === null)
      this.#world.dispatch({ t: 'INTERACTION_CREATE', d: structuredClone(state.payload), intent: 0 })
    return state
  }

  /** Whether a token is that of an interaction, alive or not. */
  knows(token: string): boolean {
    return this.#byToken.has(token)
  }

  /**
   * The first answer. Returns what `with_response` shows.
   * @throws {DiscordError} 10062 (unknown, or later than three seconds), 40060 (answered already), 50035, 50006
   */
  answer(id: string, token: string, body: unknown, uploads: readonly Upload[]): Record<string, unknown> {
    const state = this.#byId.get(id)
    if (!state || state.token !== token) throw unknownInteraction()
    if (state.callbackType !== null) throw alreadyAcknowledged()
    if (this.#world.clock.now() - state.createdMs >= ANSWER_WITHIN_MS) throw unknownInteraction()
    const { type, data } = (body ?? {}) as { type?: unknown; data?: unknown }
    const allowed = allowedAnswers(state.type)
    if (!allowed.some((one) => one === type)) {
      const message = `Value must be one of {${allowed.join(', ')}}.`
      throw invalidForm([{ path: ['type'], code: 'BASE_TYPE_CHOICES', message }])
    }
    if (type === ANSWER.choices) {
      const { choices } = parseForm(choicesBody, data, ['data'])
      state.settle.choices(choices)
    } else if (type === ANSWER.message) {
      const parsed = parseMessage(data, { files: uploads.length, prefix: ['data'] })
      state.ephemeral = isEphemeral(parsed.flags)
      state.original = this.#post(state, parsed, uploads, false)
      state.settle.reply(state.original)
    } else if (type === ANSWER.deferred) {
      state.ephemeral = isEphemeral((data as { flags?: number } | undefined)?.flags)
      state.original = this.#post(state, {}, [], true)
    } else if (type === ANSWER.update) {
      const before = state.original!
      const parsed = parseMessage(data, { files: uploads.length, before, prefix: ['data'] })
      state.settle.reply(this.#posts.edit(before, parsed, uploads))
    }
    state.callbackType = type as number
    state.settle.acknowledged(state.callbackType)
    const message = type === ANSWER.choices ? null : state.original
    const shown = {
      id: state.id,
      type: state.type,
      ...(message ? { response_message_id: message.id } : {}),
      response_message_loading: type === ANSWER.deferred,
      response_message_ephemeral: state.ephemeral ?? false,
    }
    return { interaction: shown, resource: { type, ...(message ? { message } : {}) } }
  }

  /** One more message. The first after a defer completes the deferred answer instead. */
  followUp(token: string, body: unknown, uploads: readonly Upload[]): Message {
    const state = this.#live(token)
    if (isLoading(state.original)) return this.editOriginal(token, body, uploads)
    const parsed = parseMessage(body, { files: uploads.length })
    const message = this.#post(state, parsed, uploads, false, isEphemeral(parsed.flags))
    state.followups.push(message)
    return message
  }

  /** The answer that can be edited, read or deleted as `@original`. */
  original(token: string): Message {
    const { original } = this.#live(token)
    if (!original) throw unknownMessage()
    return original
  }

  editOriginal(token: string, body: unknown, uploads: readonly Upload[]): Message {
    const state = this.#live(token)
    const before = this.original(token)
    // Whether it is ephemeral was fixed by the first answer: an edit does not change that flag.
    const message = this.#posts.edit(before, parseMessage(body, { files: uploads.length, before }), uploads)
    state.settle.reply(message)
    return message
  }

  /** A message of this interaction, by its id. */
  message(token: string, messageId: string): Message {
    const state = this.#live(token)
    const found = [state.original, ...state.followups].find((one) => one?.id === messageId)
    if (!found) throw unknownMessage()
    return found
  }

  editFollowUp(token: string, messageId: string, body: unknown, uploads: readonly Upload[]): Message {
    const before = this.message(token, messageId)
    if (before === this.#live(token).original) return this.editOriginal(token, body, uploads)
    return this.#posts.edit(before, parseMessage(body, { files: uploads.length, before }), uploads)
  }

  delete(token: string, message: Message): void {
    const state = this.#live(token)
    if (state.original === message) state.original = null
    state.followups = state.followups.filter((one) => one !== message)
    this.#posts.remove(message)
  }

  /** Forgets all timers, so that nothing holds the process. */
  close(): void {
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
  }

  #failAt(atMs: number, settled: Promise<unknown>, run: () => void): void {
    const cancel = this.#world.clock.at(atMs, run)
    this.#timers.add(cancel)
    const done = () => {
      cancel()
      this.#timers.delete(cancel)
    }
    settled.then(done, done)
  }

  /** @throws {DiscordError} 10015 (unknown, or not answered yet), 50027 (older than 15 minutes) */
  #live(token: string): State {
    const state = this.#byToken.get(token)
    if (!state || state.callbackType === null) throw unknownWebhook()
    if (state.callbackType === ANSWER.choices) throw unknownWebhook()
    if (this.#world.clock.now() - state.createdMs >= TOKEN_LIFE_MS) throw invalidWebhookToken()
    return state
  }

  #post(
    state: State,
    body: MessageBody,
    uploads: readonly Upload[],
    loading: boolean,
    ephemeral = state.ephemeral,
  ): Message {
    const world = this.#world
    const user = world.users.get(state.userId)!
    const { name } = (state.payload.data ?? {}) as { name?: string }
    return this.#posts.post({
      channelId: state.channelId,
      author: world.bot,
      body,
      uploads,
      applicationId: world.applicationId,
      webhookId: world.applicationId,
      type: state.type === COMMAND ? 20 : 0,
      loading,
      interactionMetadata: {
        id: state.id,
        type: state.type,
        user,
        authorizing_integration_owners: { '0': world.guild.id },
        ...(name ? { name } : {}),
      },
      mayPingAll: false,
      ...(ephemeral ? { ephemeralFor: state.userId } : {}),
    })
  }
}

function allowedAnswers(interactionType: number): number[] {
  if (interactionType === AUTOCOMPLETE) return [ANSWER.choices]
  if (interactionType === COMMAND) return [ANSWER.message, ANSWER.deferred]
  return [ANSWER.message, ANSWER.deferred, ANSWER.deferredUpdate, ANSWER.update]
}

const isEphemeral = (flags: number | null | undefined) => ((flags ?? 0) & FLAGS.ephemeral) !== 0
const isLoading = (message: Message | null) => ((message?.flags ?? 0) & FLAGS.loading) !== 0

function outcome<T>() {
  let resolve!: (value: T) => void
  let reject!: (error: Error) => void
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  // Whoever does not look at it must not be ended by its failure.
  promise.catch(() => {})
  return { promise, resolve, reject }
}
