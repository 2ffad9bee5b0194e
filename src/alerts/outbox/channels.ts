// Channels in which the bot has a webhook of its own: found anew at each start, so that its token is written nowhere.
import type { Clock } from '../../kernel/clock.ts'
import { untilAborted } from '../../net/aborts.ts'
import { type Send, SendError, type WebhookAnswer, webhookUrl } from './send.ts'
import { judgeAnswer } from './verdict.ts'

/** What came of looking for the bot's own webhook in a channel. */
export type FoundWebhook =
  | { kind: 'found'; url: string }
  /** There is none, and it was not to be made. */
  | { kind: 'absent'; reason: string }
  /** Somebody has to do something: `mend` says what. */
  | { kind: 'refused'; reason: string; mend: string }
  /** It may be found later. */
  | { kind: 'failed'; reason: string }

export interface ChannelsDeps {
  /** Makes it where there is none. Never throws. */
  find(channelId: string, make: boolean): Promise<FoundWebhook>
  /** The webhook that is used where the bot has none, by the channel's id. */
  around: Readonly<Record<string, string>>
  clock: Pick<Clock, 'now'>
  /** Called when that changes: why the way around a channel is used; null: it is not (any more). */
  detour(channelId: string, why: string | null): void
}

/** What stands for the bot's own webhook in a channel wherever a webhook's URL is expected. */
export const channelAddress = (channelId: string): string => `discord://channels/${channelId}`

/** The channel of such an address; null for a webhook's URL. */
export const channelIdOf = (address: string): string | null =>
  /^discord:\/\/channels\/(\d+)/.exec(address)?.[1] ?? null

/** For so long the way around a channel is used before its own webhook is looked for again, ms. */
const AROUND_MS = 60_000

const STOPPED: FoundWebhook = { kind: 'failed', reason: 'stopped' }

interface Way {
  url: string
  isOwn: boolean
  untilMs: number
}

/**
 * Sends what is for a channel's address through the bot's own webhook there, and everything else as it is. One that was
 * deleted, moved, or has another token by now is looked for again, and made where there is none.
 */
export function throughChannels(send: Send, deps: ChannelsDeps): Send {
  const ways = new Map<string, Promise<Way>>()
  const told = new Map<string, string | null>()

  function tell(channelId: string, why: string | null): void {
    if (told.get(channelId) === why) return
    told.set(channelId, why)
    deps.detour(channelId, why)
  }

  async function search(channelId: string, signal?: AbortSignal): Promise<Way> {
    // Whoever stops does not wait for a search.
    const found = (await untilAborted(deps.find(channelId, true), signal)) ?? STOPPED
    if (found.kind === 'found') {
      tell(channelId, null)
      return { url: found.url, isOwn: true, untilMs: Number.POSITIVE_INFINITY }
    }
    const { reason } = found
    const url = deps.around[channelId]
    if (url === undefined) {
      const mend = found.kind === 'refused' ? `. ${found.mend}` : ''
      throw new SendError(`no webhook in the channel ${channelId}: ${reason}${mend}`, 'no')
    }
    // What passes by itself is not worth a word.
    if (found.kind === 'refused') tell(channelId, `${reason}. ${found.mend}`)
    return { url, isOwn: false, untilMs: deps.clock.now() + AROUND_MS }
  }

  /** The way that is known, unless it is `spent`; looked for once for all who ask at the same time. */
  async function wayInto(channelId: string, signal?: AbortSignal, spent?: Way): Promise<Way> {
    const asked = ways.get(channelId)
    const known = await asked?.catch(() => null)
    if (known && known !== spent && deps.clock.now() < known.untilMs) return known
    if (ways.get(channelId) === asked) ways.set(channelId, search(channelId, signal))
    return ways.get(channelId)!
  }

  return async (request) => {
    const channelId = channelIdOf(request.url)
    if (channelId === null) return send(request)
    const { pathname, searchParams } = new URL(request.url)
    const messageId = pathname.split('/')[3] ?? null
    const through = (url: string) =>
      send({ ...request, url: webhookUrl(url, messageId, Object.fromEntries(searchParams)) })
    let way = await wayInto(channelId, request.signal)
    let answer = await through(way.url)
    if (isGone(answer) && way.isOwn) {
      way = await wayInto(channelId, request.signal, way)
      answer = await through(way.url)
    }
    if (isGone(answer)) {
      ways.delete(channelId)
      throw new SendError(`the webhook in the channel ${channelId} is gone`, 'no')
    }
    const verdict = judgeAnswer(answer)
    // Somebody has moved it into another channel.
    if (verdict.kind === 'accepted' && way.isOwn && (verdict.channelId ?? channelId) !== channelId)
      ways.delete(channelId)
    // What went the way around is changed on the way around.
    const around = deps.around[channelId]
    return verdict.kind === 'no-message' && way.isOwn && around !== undefined ? through(around) : answer
  }
}

const isGone = (answer: WebhookAnswer): boolean => judgeAnswer(answer).kind === 'gone'
