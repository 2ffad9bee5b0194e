// `register_chain`: an admin adds or updates a chain, for wallets and far ends, from a URL that is not trusted.

import { z } from 'zod'
import { DENOM, readDenomMetadata, readNativeDenom } from '../cosmos/denom.ts'
import type { Block } from '../cosmos/endpoint-health.ts'
import { readGovAddress } from '../cosmos/node.ts'
import { probeEndpoint } from '../cosmos/probe.ts'
import type { ChainPool, Head } from '../cosmos/types.ts'
import type { ArgSpec, Call, Command, Reply } from '../discord/command.ts'
import { decodeAddress } from '../kernel/address.ts'
import type { Token } from '../kernel/amount.ts'
import type { Clock } from '../kernel/clock.ts'
import { formatDuration } from '../kernel/duration.ts'
import { Refusal, UpstreamError } from '../kernel/errors.ts'
import { nsToMs } from '../kernel/nanotime.ts'
import { type AddressGuard, guardedConnector } from '../net/guarded-connect.ts'
import type { Resolve } from '../net/name-lanes.ts'
import { checkUrl, type UrlPolicy } from '../net/url-guard.ts'
import { grouped } from '../words/numbers.ts'
import { code, label, plain } from '../words/text.ts'
import { ago } from '../words/time.ts'
import type { Directory } from './directory.ts'
import { chainsMeant } from './names.ts'
import type { ChainStore, RegisteredChain } from './store.ts'

export interface RegisterChainDeps {
  directory: Directory
  policy: UrlPolicy
  store: Pick<ChainStore, 'get'>
  clock: Clock
  resolve?: Resolve
  /** Opens a pool for the chain. */
  open: (chain: RegisteredChain, guard: AddressGuard) => ChainPool
  /** Keeps the chain and its pool, known to everything from now on. */
  keep: (chain: RegisteredChain, pool: ChainPool) => void
}

interface Args {
  name: string
  rest: string
  token: string
  decimals: number
  denom?: string
}

/** What a chain id may be made of: what is more would be an attempt at something else. */
const CHAIN_ID = /^[a-zA-Z0-9][\w.-]{0,63}$/
const PROBE = { timeoutMs: 5000, maxBodyBytes: 4 * 1024 * 1024 }

const ARGS: readonly ArgSpec[] = [
  { name: 'name', summary: 'What people call the chain', required: true, schema: z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,31}$/u, 'up to 32 letters, digits, spaces, dots and dashes') },
  { name: 'rest', summary: 'REST endpoint: https://…', required: true },
  { name: 'token', summary: 'Symbol of the token, such as ATOM', required: true, schema: z.string().regex(/^[a-zA-Z][\w.-]{0,19}$/, 'a symbol such as ATOM') },
  { name: 'decimals', summary: '1 token is 10^decimals base units: mostly 6, or 18', required: true, kind: 'integer', schema: z.int().min(0, 'from 0 to 30').max(30, 'from 0 to 30') },
  { name: 'denom', summary: 'Base denom, such as uatom; left out: asked of the chain', schema: z.string().regex(DENOM, 'not a denom such as uatom') },
] // biome-ignore format: a table reads better in rows

/** Makes the command `register_chain`. */
export function registerChainCommand(deps: RegisterChainDeps): Command<Args> {
  return {
    name: 'register_chain',
    summary: 'Adds or updates a chain, for wallets and far ends',
    example: 'register_chain Osmosis https://lcd.osmosis.zone OSMO 6',
    access: 'admin',
    args: ARGS,
    run: (args, call) => registerChain(deps, args, call),
  }
}

/** @throws {Refusal} for a chain of the configuration, or under a name that is taken */
function refuseUnfit({ directory }: RegisterChainDeps, name: string, host: string, { chainId }: Block): void {
  if (!CHAIN_ID.test(chainId)) throw new Refusal(`${host} says a chain id that is none.`)
  const there = directory.get(chainId)
  if (there && there.origin === undefined) {
    throw new Refusal(
      `${code(chainId, 64)} is in the configuration as **${label(there.name)}**, which wins over the channel: change it there. Nothing was changed.`,
    )
  }
  const namesake = chainsMeant(directory.all(), name).find((one) => one.chainId !== chainId)
  if (namesake) {
    throw new Refusal(
      `**${label(name)}** is already ${code(namesake.chainId, 64)}, and that endpoint serves ${code(chainId, 64)}: choose another name.`,
    )
  }
}

/** @throws {Refusal} for an endpoint whose newest block is older than the chain's own rhythm allows */
function refuseHalted(
  { halted, timeNs }: Head,
  { host, chainId, nowMs }: { host: string; chainId: string; nowMs: number },
): void {
  if (!halted) return
  const age = formatDuration(nowMs - nsToMs(timeNs))
  throw new Refusal(
    `${host} serves ${code(chainId, 64)}, but its newest block is ${age} old: it is behind, or the chain stands still. Give an endpoint that is up to date.`,
  )
}

async function registerChain(deps: RegisterChainDeps, args: Args, call: Call): Promise<Reply> {
  const { store } = deps
  const checked = checkUrl(args.rest, deps.policy)
  if (!checked.ok) throw new Refusal(`I do not ask that URL: ${checked.problem}.`)
  const { url, guard } = checked
  const block = await probe(deps, url, guard)
  refuseUnfit(deps, args.name, hostOf(url), block)
  const { chainId } = block
  const before = store.get(chainId)
  const chain: RegisteredChain = {
    chainId,
    name: args.name,
    rest: [url],
    token: { symbol: args.token, denom: args.denom ?? '', decimals: args.decimals },
    prefix: null,
    addedBy: call.caller.userId,
    addedMs: call.nowMs,
  }
  const pool = deps.open(chain, guard)
  let warnings: string[]
  try {
    refuseHalted(await pool.head(), { host: hostOf(url), chainId, nowMs: deps.clock.now() })
    const native = await readNativeDenom(pool)
    const denom = args.denom ?? native
    if (denom === null || !DENOM.test(denom)) {
      throw new Refusal(
        `${code(chainId, 64)} does not say which denom it mints or bonds: give it as the last argument, such as \`uatom\`.`,
      )
    }
    chain.token.denom = denom
    chain.prefix = await prefixOf(pool)
    warnings = tokenWarnings(chain.token, native, await readDenomMetadata(pool, denom))
    deps.keep(chain, pool)
  } catch (error) {
    await pool.close()
    throw error instanceof UpstreamError ? unreadable(url, error) : error
  }
  const { denom, symbol, decimals } = chain.token
  return {
    text: [
      `${before ? 'Updated' : 'Added'} **${label(chain.name)}**, chain id ${code(chainId, 64)}: newest block ${grouped(block.height)}, ${ago(nsToMs(block.timeNs))}. 1 ${label(symbol)} is 10^${decimals} ${code(denom, 128)}${chain.prefix === null ? '' : `; addresses begin with ${code(chain.prefix, 40)}`}.`,
      ...warnings.map((warning) => `🟡 ${warning}`),
      `It is known at once: \`${call.show(`register <wallet> ${chainId} <threshold>`)}\``,
    ].join('\n'),
  }
}

async function probe({ resolve }: RegisterChainDeps, url: string, guard: AddressGuard) {
  try {
    const connector = guardedConnector(guard, { timeoutMs: PROBE.timeoutMs, resolve })
    return await probeEndpoint({ url }, { ...PROBE, connector })
  } catch (error) {
    throw error instanceof UpstreamError ? unreadable(url, error) : error
  }
}

/** Which host, and our own word for what went wrong. */
function unreadable(url: string, error: UpstreamError): Refusal {
  const { host } = new URL(url)
  const what = error.message.startsWith(host) ? error.message.slice(host.length) : error.message
  return new Refusal(
    `I could not read a chain at ${hostOf(url)}: ${plain(what.replace(/^[\s:]+/, ''), 200)}. It must be the base URL of a Cosmos REST API (LCD). Nothing was changed.`,
  )
}

const hostOf = (url: string) => code(new URL(url).host, 100)

/** The prefix of account addresses, from the address of the gov module; null where it cannot be learnt. */
async function prefixOf(pool: ChainPool): Promise<string | null> {
  try {
    const decoded = decodeAddress(await readGovAddress(pool))
    return decoded.ok ? decoded.prefix : null
  } catch {
    // It only serves for a clearer refusal later: the chain itself knows which addresses are its own.
    return null
  }
}

/** What of the token does not fit to what the chain says. */
function tokenWarnings(
  token: RegisteredChain['token'],
  native: string | null,
  metadata: Token | null,
): string[] {
  const { symbol, denom, decimals } = token
  const warnings: string[] = []
  if (native !== null && native !== denom) {
    warnings.push(`The chain's own token is ${code(native, 128)}, not ${code(denom, 128)}.`)
  }
  const said = metadata?.symbol ?? denom.replace(/^[unpfam](?=[a-z]{3})/, '')
  if (![said, denom].some((name) => name.toLowerCase() === symbol.toLowerCase())) {
    const source = metadata
      ? `is ${code(metadata.symbol, 40)} by the chain's metadata`
      : 'does not look like it'
    warnings.push(`Is the token right? You said ${label(symbol)}; ${code(denom, 128)} ${source}.`)
  }
  if (metadata && metadata.decimals !== decimals) {
    warnings.push(
      `Are the decimals right? You said ${decimals}; the chain's metadata says ${metadata.decimals}.`,
    )
  }
  return warnings
}
