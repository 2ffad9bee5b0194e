// Chains that nobody wrote into the configuration (pure): those that were typed into a channel, and far ends from the registry.
import { endpointsAt } from '../cosmos/endpoint-name.ts'
import type { AddressGuard } from '../net/guarded-connect.ts'
import { checkUrl, type UrlPolicy } from '../net/url-guard.ts'
import type { RegistryChain } from './registry.ts'
import type { ChainSettings, ChainsSettings } from './settings.ts'
import type { RegisteredChain } from './store.ts'

/** Endpoints that were typed into a channel get less patience and smaller bodies than those of the configuration. */
export const TYPED_TIMEOUT_MS = 5000
export const TYPED_BODY_BYTES = 4 * 1024 * 1024

export type RestoredChain =
  | { ok: true; chain: ChainSettings; guard: AddressGuard }
  | { ok: false; problem: string }

/**
 * A chain from the database as the bot watches it, with the guard of its connections. The configuration may allow less
 * than when the chain was added: then `problem` says what is against its URL, and it is left out.
 */
export function restoredChain(registered: RegisteredChain, settings: ChainsSettings): RestoredChain {
  const checked = checkUrl(registered.rest[0] ?? '', urlPolicy(settings))
  return checked.ok ? { ok: true, chain: typedChain(registered, settings), guard: checked.guard } : checked
}

export const urlPolicy = ({ chainsFromChannel }: ChainsSettings): UrlPolicy => ({
  allowLoopback: chainsFromChannel.allowHttpLoopback,
})

/** What chains have in common that nobody wrote into the configuration: for wallets and far ends only. */
const unwritten = ({ defaults }: ChainsSettings) => ({
  connections: 'none' as const,
  mine: [],
  ignoreClients: [],
  alerts: defaults.alerts,
  limits: defaults.limits,
  wallets: [],
})

/** A chain that was typed into a channel. */
export function typedChain(registered: RegisteredChain, settings: ChainsSettings): ChainSettings {
  const { chainId, name, rest, token, prefix } = registered
  const shared = unwritten(settings)
  const limits = { ...shared.limits, timeoutMs: Math.min(TYPED_TIMEOUT_MS, shared.limits.timeoutMs) }
  return {
    ...shared,
    limits,
    chainId,
    name,
    registryName: null,
    rest: endpointsAt(rest),
    token,
    prefix,
    daemonName: null,
    origin: 'channel',
  }
}

/** A chain of the registry, as a far end of others. */
export function farEndChain(known: RegistryChain, settings: ChainsSettings): ChainSettings {
  const { chainId, name, registryName, rest, token, prefix, daemonName } = known
  return {
    ...unwritten(settings),
    chainId,
    name,
    registryName,
    rest: endpointsAt(rest),
    token,
    prefix,
    daemonName,
    origin: 'registry',
  }
}
