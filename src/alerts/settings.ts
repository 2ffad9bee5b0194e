// The settings of alerts and their schema: when a client is worth one, whom it tags, and where it goes.
import { z } from 'zod'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../kernel/duration.ts'
import { closed, defined, duration, envName, orNull, snowflake } from '../kernel/schema.ts'
import { pagersSchema } from './pagers/settings.ts'

/** When a client that expires is worth a warning. Shares are of the trusting period since the last update. */
export interface Thresholds {
  warnAt: number
  criticalAt: number
  /** Also warn when less than this is left, where the trusting period is at least four times as long. Null: off. */
  warnWhenLeftMs: number | null
  /** No warning while more than this is left; never silences critical. Null: off. */
  quietWhileLeftMs: number | null
}

/** The alerts about a chain and its clients. */
export interface AlertSettings extends Thresholds {
  about: 'live' | 'mine' | 'all'
  mention: string[]
  remindEveryMs: number
  escalateAfterMs?: number
}

/** What counts where the configuration does not say. */
export const ALERT_DEFAULTS: Readonly<AlertSettings> = {
  about: 'live',
  mention: [],
  warnAt: 0.8,
  criticalAt: 0.9,
  warnWhenLeftMs: 6 * HOUR_MS,
  quietWhileLeftMs: null,
  remindEveryMs: DAY_MS,
}

export const mentionSchema = z
  .string()
  .regex(/^<@&?\d{15,21}>$/, 'not a mention: write "<@&ROLE ID>" or "<@USER ID>"')
const share = z.number().gt(0, 'must be above 0').lt(1, 'must be below 1: it is a share, 0.8 for 80 %')
const durationOrOff = z.union([duration, z.literal(false)]).optional()

const thresholds = {
  about: z.enum(['live', 'mine', 'all']).optional(),
  mention: z.array(mentionSchema).optional(),
  warnAt: share.optional(),
  criticalAt: share.optional(),
  warnWhenLeft: durationOrOff,
  quietWhileLeft: durationOrOff,
  remindEvery: duration.optional(),
}
type Written = z.output<z.ZodObject<typeof thresholds>>

/** What is said of alerts, as settings that are laid over others. */
function laidOver({ warnWhenLeft, quietWhileLeft, remindEvery, ...same }: Written): Partial<AlertSettings> {
  const orOff = (value: number | false | undefined) => (value === false ? null : value)
  return defined({
    ...same,
    warnWhenLeftMs: orOff(warnWhenLeft),
    quietWhileLeftMs: orOff(quietWhileLeft),
    remindEveryMs: remindEvery,
  })
}

/** Of one chain: laid over what counts for all. */
export const chainAlertsSchema = closed(thresholds).transform(laidOver)

/** The name of the way that alerts go when no route says otherwise, and of the secret that holds its webhook. */
export const DEFAULT_WEBHOOK = 'DISCORD_WEBHOOK_URL'

/** Alerts of some chains go elsewhere; `webhook` is the secret's name. */
const route = closed({
  chains: z.array(z.string()).min(1),
  webhook: envName.optional(),
  channel: snowflake.optional(),
  mention: orNull(z.array(mentionSchema)),
}).refine(
  ({ webhook, channel }) => webhook !== undefined || channel !== undefined,
  "say where to: `channel: 'ID'`, or `webhook: 'NAME'` of the secret that holds its URL",
)

/** A channel that the bot has a webhook of its own in; `around`: the secret that is used where it cannot have one. */
export interface AlertChannel {
  id: string
  around: string | null
}

/** By the name of the way, which every queue has: that of a secret, or one that is made from the channel's id. */
function alertChannels(channel: string | undefined, routes: readonly z.output<typeof route>[]) {
  const channels: Record<string, AlertChannel> = {}
  if (channel !== undefined) channels[DEFAULT_WEBHOOK] = { id: channel, around: DEFAULT_WEBHOOK }
  const named = routes.map(({ chains, webhook, channel: id, mention }) => {
    if (id === undefined) return { chains, webhook: webhook!, mention }
    const way = id === channel ? DEFAULT_WEBHOOK : `channel ${id}`
    channels[way] ??= { id, around: null }
    channels[way].around ??= webhook ?? null
    return { chains, webhook: way, mention }
  })
  return { channels, routes: named }
}

/** What comes where nobody acknowledged what somebody was called for. */
const escalate = closed({
  after: duration,
  mention: z.array(mentionSchema).default([]),
  pagers: z.boolean().default(false),
})
  .refine(
    ({ mention, pagers }) => mention.length > 0 || pagers,
    'say who is called then: `mention`, or `pagers: true`',
  )
  .transform(({ after, ...same }) => ({ afterMs: after, ...same }))

/** Of all chains, and where alerts go. */
export const alertsSchema = closed({
  ...thresholds,
  /** In place of a webhook's URL: the bot finds or makes its own there. */
  channel: snowflake.optional(),
  /** Where the bot's own account speaks when a webhook does not work; left out: in the webhook's channel. */
  fallbackChannel: orNull(snowflake),
  blindAfter: duration.default(10 * MINUTE_MS),
  blindMentionAfter: duration.default(6 * HOUR_MS),
  escalate: orNull(escalate),
  routes: z.array(route).default([]),
  pagers: pagersSchema.default([]),
}).transform(
  ({ blindAfter, blindMentionAfter, channel, fallbackChannel, escalate, routes, pagers, ...written }) => ({
    routing: {
      blindAfterMs: blindAfter,
      blindMentionAfterMs: blindMentionAfter,
      mention: written.mention ?? [],
      fallbackChannel,
      escalate,
      pagers,
      ...alertChannels(channel, routes),
    },
    ofAll: { ...laidOver(written), ...(escalate && { escalateAfterMs: escalate.afterMs }) },
  }),
)

/** What counts for all alerts, and where they go. */
export type AlertRouting = z.output<typeof alertsSchema>['routing']
