// The configuration's zod schema, put together of those that stand with their features.
import { z } from 'zod'
import { alertsSchema } from '../alerts/settings.ts'
import { chainSchema, limitsSchema, type TypedChain } from '../chains/settings.ts'
import { discordSchema } from '../discord/settings.ts'
import { type FaucetInput, faucetSchema } from '../faucet/schema.ts'
import { closed } from '../kernel/schema.ts'
import { opsSchema } from '../ops/settings.ts'
import { cronProblem, isOften } from '../watch/cron.ts'

const refuse = (problem: string | null, context: z.RefinementCtx) => {
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
}

const cron = z.string().superRefine((text, context) => refuse(cronProblem(text), context))

/** Each is a message: no slip of a field may make it all that a channel shows. */
const digest = z
  .union([z.string(), z.literal(false)], 'a cron expression, or false')
  .superRefine((text, context) => {
    if (text === false) return
    const often =
      'more than once a minute is too often for a digest: name one minute, as in "0 9 * * 1" (Mondays at nine)'
    refuse(cronProblem(text) ?? (isOften(text, 'minute') ? often : null), context)
  })

const timezone = z.string().refine((zone) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined
  } catch {
    return false
  }
}, 'not a time zone such as UTC or Europe/Berlin')

/** The whole configuration. Durations come out in milliseconds, and what was left out with its default. */
export const configSchema = closed({
  discord: discordSchema.prefault({}),
  alerts: alertsSchema.prefault({}),
  schedule: closed({
    clients: cron.default('*/10 * * * *'),
    wallets: cron.default('*/15 * * * *'),
    digest: digest.default('0 9 * * 1'),
    timezone: timezone.default('UTC'),
  }).prefault({}),
  limits: limitsSchema.prefault({}),
  ops: opsSchema.prefault({}),
  /** `registry`: chains at the far ends of watched connections are taken from the chain registry. */
  counterparties: z.union([z.literal('registry'), z.literal(false)]).default(false),
  /** What `$register_chain` may add. */
  chainsFromChannel: closed({
    /** Also endpoints on this machine, http too: for local test networks only. */
    allowHttpLoopback: z.boolean().default(false),
  }).prefault({}),
  /** A second watcher: it posts only what the first one has not, and does nothing else. */
  standby: z.boolean().default(false),
  /** May be empty beside a faucet. */
  chains: z.array(chainSchema),
  /** One faucet, or a list of them. */
  faucet: faucetSchema.default([]),
})

export type ParsedConfig = z.output<typeof configSchema>
/** What a person writes: the type that an editor completes in config.ts. */
export type ConfigInput = Omit<z.input<typeof configSchema>, 'chains' | 'faucet'> & {
  chains: TypedChain[]
  faucet?: FaucetInput | FaucetInput[]
}
