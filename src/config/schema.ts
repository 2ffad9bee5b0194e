// The configuration's zod schemas: what may be written in config.ts, with units, limits and defaults.
import { validate as isCron } from 'node-cron'
import { z } from 'zod'
import { type FaucetInput, faucetSchema } from '../faucet/schema.ts'
import { closed, duration, snowflake } from '../kernel/schema.ts'

const mention = z.string().regex(/^<@&?\d{15,21}>$/, 'not a mention: write "<@&ROLE ID>" or "<@USER ID>"')
const share = z.number().gt(0, 'must be above 0').lt(1, 'must be below 1: it is a share, 0.8 for 80 %')
const envName = z
  .string()
  .regex(
    /^[A-Z][A-Z0-9_]*$/,
    'not the name of an environment variable (the secret itself does not belong here)',
  )
const connectionId = z.string().regex(/^connection-\d+$/, 'not a connection id such as connection-0')
const clientId = z
  .string()
  .regex(/^[a-zA-Z0-9][\w.+\-#[\]<>]*-\d+$/, 'not a client id such as 07-tendermint-3')
const mineId = z.string().regex(/^[\w.+\-#[\]<>]+-\d+$/, 'not a connection id or client id')
const cron = z.string().refine((text) => isCron(text), 'not a cron expression such as "*/10 * * * *"')

const timezone = z.string().refine((zone) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined
  } catch {
    return false
  }
}, 'not a time zone such as UTC or Europe/Berlin')

const restUrl = z.string().superRefine((text, ctx) => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) {
    ctx.addIssue({ code: 'custom', message: 'not a URL (https://…)' })
  } else if (url.search || url.hash) {
    ctx.addIssue({ code: 'custom', message: 'an endpoint is a base URL, without ? or #' })
  }
})

/** Thresholds that can be set for all chains and overridden for one. */
const thresholds = {
  about: z.enum(['live', 'mine', 'all']).optional(),
  mention: z.array(mention).optional(),
  warnAt: share.optional(),
  criticalAt: share.optional(),
  warnWhenLeft: z.union([duration, z.literal(false)]).optional(),
  quietWhileLeft: z.union([duration, z.literal(false)]).optional(),
  remindEvery: duration.optional(),
}

const limits = closed({
  inFlight: z.int().min(1).max(1024).optional(),
  requestsPerSecond: z.number().gt(0).optional(),
  timeout: duration.optional(),
})

const token = closed({
  symbol: z.string().min(1),
  denom: z.string().min(3),
  decimals: z.int().min(0).max(30),
})

const wallet = closed({
  address: z.string().min(1),
  threshold: z.string().regex(/^\d+(\.\d+)?$/, 'a decimal number of tokens, as a string: "2.5"'),
  denom: z.string().optional(),
  mention: z.array(mention).optional(),
})

const chainObject = closed({
  chainId: z.string().min(1).max(64),
  name: z.string().min(1).max(64).optional(),
  rest: z.array(restUrl).min(1, 'at least one REST endpoint').optional(),
  token: token.optional(),
  prefix: z.string().min(1).optional(),
  connections: z.union([z.enum(['all', 'none']), z.array(connectionId)]).optional(),
  mine: z.array(mineId).optional(),
  ignoreClients: z.array(clientId).optional(),
  alerts: closed(thresholds).optional(),
  limits: limits.optional(),
  wallets: z.array(wallet).optional(),
})

/** One chain: a word (registry name or chain id) or an object. Problems keep their full path. */
const chain = z.unknown().transform((value, ctx): z.output<typeof chainObject> | string => {
  if (typeof value === 'string' && value.includes('://')) {
    // Not repeated: its path may hold a key.
    const message = "a URL alone is not a chain: write { chainId: '…', rest: ['https://…'] }"
    ctx.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  if (typeof value === 'string' && value.trim() !== '') return value.trim()
  const parsed = chainObject.safeParse(value)
  if (parsed.success) return parsed.data
  for (const issue of parsed.error.issues) ctx.addIssue({ ...issue, code: 'custom' } as never)
  return z.NEVER
})

/** The whole configuration, as written. Durations come out in milliseconds. */
export const configSchema = closed({
  discord: closed({
    guildId: snowflake.optional(),
    prefix: z.union([z.string().min(1).max(5), z.literal(false)]).optional(),
    commandChannels: z.array(snowflake).optional(),
    adminRoles: z.array(snowflake).optional(),
  }).optional(),
  alerts: closed({
    ...thresholds,
    blindAfter: duration.optional(),
    blindMentionAfter: duration.optional(),
    routes: z
      .array(
        closed({
          chains: z.array(z.string()).min(1),
          webhook: envName,
          mention: z.array(mention).optional(),
        }),
      )
      .optional(),
  }).optional(),
  schedule: closed({
    clients: cron.optional(),
    wallets: cron.optional(),
    digest: z.union([cron, z.literal(false)]).optional(),
    timezone: timezone.optional(),
  }).optional(),
  limits: limits.optional(),
  /** `registry`: chains at the far ends of watched connections are taken from the chain registry. */
  counterparties: z.union([z.literal('registry'), z.literal(false)]).optional(),
  /** What `$register_chain` may add. */
  chainsFromChannel: closed({
    /** Also endpoints on this machine, http too: for local test networks only. */
    allowHttpLoopback: z.boolean().optional(),
  }).optional(),
  /** May be empty beside a faucet. */
  chains: z.array(chain),
  /** One faucet, or a list of them. */
  faucet: faucetSchema.optional(),
})

export type ParsedConfig = z.output<typeof configSchema>
export type ParsedChain = z.output<typeof chainObject>
/** What a person writes: the type that an editor completes in config.ts. */
export type ConfigInput = Omit<z.input<typeof configSchema>, 'chains' | 'faucet'> & {
  chains: (string | z.input<typeof chainObject>)[]
  faucet?: FaucetInput | FaucetInput[]
}
