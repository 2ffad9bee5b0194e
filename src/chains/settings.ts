// The settings of chains and their schema: each as it is watched, and those that are named and cannot be.
import { z } from 'zod'
import {
  type AlertRouting,
  type AlertSettings,
  chainAlertsSchema,
  mentionSchema,
} from '../alerts/settings.ts'
import { normalDenom } from '../cosmos/denom.ts'
import type { EndpointLimits } from '../cosmos/endpoint.ts'
import type { RestEndpoint, SecretHeader } from '../cosmos/endpoint-name.ts'
import type { Token } from '../kernel/amount.ts'
import { closed, defined, duration, envName, textOr } from '../kernel/schema.ts'

export const LIMIT_DEFAULTS: EndpointLimits = { inFlight: 32, requestsPerSecond: 20, timeoutMs: 10_000 }

/** One chain, with everything filled in. */
export interface ChainSettings {
  chainId: string
  /** For people: "Cosmos Hub". */
  name: string
  /** Name in the chain registry, where it is known there. */
  registryName: string | null
  rest: RestEndpoint[]
  /** `isGuess`: of the chain registry, whose display unit does not say its decimals. */
  token: Token | null
  prefix: string | null
  /** `all`, `none` (wallets and far ends only), or the connections that are watched (they are mine). */
  connections: 'all' | 'none' | string[]
  mine: string[]
  ignoreClients: string[]
  alerts: AlertSettings
  limits: EndpointLimits
  wallets: { address: string; threshold: string; denom?: string; decimals?: number; mention?: string[] }[]
  daemonName: string | null
  /** Where it was named: left out in the configuration; by an admin in the channel; as a far end in the registry. */
  origin?: 'channel' | 'registry'
  /** Where it stands in the configuration, such as `chains[2]`. */
  place?: string
  /** What it is called there: its chain id, or a name of the chain registry. */
  word?: string
}

/** The connections and clients that the configuration names as `mine` on a chain. */
export const namedMine = ({ connections, mine }: Pick<ChainSettings, 'connections' | 'mine'>): string[] => [
  ...(Array.isArray(connections) ? connections : []),
  ...mine,
]

/** What is not as it should be about one setting, and keeps nothing else from running. */
export interface Doubt {
  /** Such as `chains[2]`. */
  place: string
  reason: string
  /** What to do about it, as a sentence. */
  mend: string
}

/** A chain that is named and cannot be watched. */
export interface Unwatched extends Doubt {
  /** As it is written. */
  chainId: string
  settings: ChainSettings
  /** It was read before, as the chain with the id in `settings`. */
  isKnown?: boolean
  /** Since when it is being asked what it is, Unix ms; left out: it cannot be known by asking. */
  sinceMs?: number
}

/**
 * A chain with endpoints of its own whose id is another chain's name in the registry: it is what it says, or that other
 * chain, as its endpoints tell. The second goes until December 2027: versions before took every such chain for it.
 */
export interface Undecided {
  place: string
  said: ChainSettings
  registry: ChainSettings
}

const connectionId = z.string().regex(/^connection-\d+$/, 'not a connection id such as connection-0')
export const clientIdSchema = z
  .string()
  .regex(/^[a-zA-Z0-9][\w.+\-#[\]<>]*-\d+$/, 'not a client id such as 07-tendermint-3')
const mineId = z.string().regex(/^[\w.+\-#[\]<>]+-\d+$/, 'not a connection id or client id')
const restUrl = z.string().superRefine((text, ctx) => {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol)) {
    ctx.addIssue({ code: 'custom', message: 'not a URL (https://…)' })
  } else if (url.hash) {
    ctx.addIssue({ code: 'custom', message: 'an endpoint is a base URL, without #' })
  }
})

/** What belongs to the connection, or is set by the program itself. */
const OWN_HEADERS =
  /^(accept-encoding|connection|content-length|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|x-cosmos-block-height)$/

/** Headers by their names in lower case; what is written is the name of a secret. */
const headers = z.record(z.string(), envName).transform((written, ctx) => {
  const named: Record<string, SecretHeader> = {}
  for (const [name, secret] of Object.entries(written)) {
    const lower = name.toLowerCase()
    const problem = !/^[\w!#$%&'*+.^`|~-]+$/.test(name)
      ? 'not a header name'
      : OWN_HEADERS.test(lower)
        ? 'this header is set by the program'
        : Object.hasOwn(named, lower)
          ? 'this header is there twice'
          : null
    if (problem !== null) ctx.addIssue({ code: 'custom', path: [name], message: problem })
    named[lower] = { secret }
  }
  return named
})

const rest = textOr(
  restUrl.transform((url): RestEndpoint => ({ url })),
  closed({
    url: restUrl,
    headers: headers.optional(),
    voice: z.string().trim().min(1, 'who runs it, in a word').max(64).optional(),
  }).transform((written): RestEndpoint => written),
)

/** Of one chain, or of all: laid over the defaults. */
export const limitsSchema = closed({
  inFlight: z.int().min(1).max(1024).optional(),
  requestsPerSecond: z.number().gt(0).optional(),
  timeout: duration.optional(),
}).transform(
  ({ timeout: timeoutMs, inFlight, requestsPerSecond }): Partial<EndpointLimits> =>
    defined({ inFlight, requestsPerSecond, timeoutMs }),
)

/** What stands around a word is forgiven. */
const word = z.string().trim().min(1)
/** What it is called in messages, which have no room for more. */
const NAME_MAX = 64

const token = closed({
  symbol: word,
  denom: word,
  decimals: z.int().min(0).max(30),
})

const wallet = closed({
  address: word,
  threshold: z.string().regex(/^\d+(\.\d+)?$/, 'a decimal number of tokens, as a string: "2.5"'),
  denom: word.transform(normalDenom).optional(),
  decimals: z.int().min(0).max(30).optional(),
  mention: z.array(mentionSchema).optional(),
})

const chainObject = closed({
  chainId: word.max(64),
  name: word.transform((name) => [...name].slice(0, NAME_MAX).join('')).optional(),
  rest: z.array(rest).min(1, 'at least one REST endpoint').optional(),
  token: token.optional(),
  prefix: word.optional(),
  connections: z.union([z.enum(['all', 'none']), z.array(connectionId)]).optional(),
  mine: z.array(mineId).optional(),
  ignoreClients: z.array(clientIdSchema).optional(),
  alerts: chainAlertsSchema.optional(),
  limits: limitsSchema.optional(),
  wallets: z.array(wallet).optional(),
})

/** One chain: a word (registry name or chain id) or an object. */
export const chainSchema = textOr(
  z
    .string()
    .trim()
    .min(1, 'the name of a chain is missing')
    // Not repeated: its path may hold a key.
    .refine(
      (word) => !word.includes('://'),
      "a URL alone is not a chain: write { chainId: '…', rest: ['https://…'] }",
    ),
  chainObject,
)

/** One chain as it is written out. */
export type WrittenChain = z.output<typeof chainObject>
/** One chain as a person writes it. */
export type TypedChain = z.input<typeof chainSchema>

/** All chains of a configuration, and what they have in common. */
export interface ChainsSettings {
  alerts: AlertRouting
  /** Chains at far ends are taken from the chain registry. */
  counterparties: 'registry' | false
  chainsFromChannel: { allowHttpLoopback: boolean }
  /** For chains that are not in the configuration. */
  defaults: { alerts: AlertSettings; limits: EndpointLimits }
  chains: ChainSettings[]
  undecided: Undecided[]
  unwatched: Unwatched[]
  doubts: Doubt[]
}

/** "chains[2]: "evmos" is neither a name nor a chain id in the chain registry; write the chain out: …" */
export const doubtLine = ({ place, reason, mend }: Doubt): string => `${place}: ${reason}; ${mend}`
