// What can go wrong in a seed's world, each with a name under which it is counted (pure).
import type { Faults } from '../chains/faults.ts'
import type { Fault as DiscordFault } from '../discord/faults.ts'
import { json, type PagerFault } from '../pagers/http.ts'
import { throttled } from '../pagers/pagerduty.ts'

/** `old`: what it says of clients is of an hour ago, and nothing in its answers tells so. */
export type Reads = 'all' | 'part' | 'nothing' | 'old'

const MINUTE = 60_000

/** What can be wrong with an endpoint, and how much can be read through it then. `most`: minutes, 180 where left out. */
export const ENDPOINT_FAULTS: Record<string, { faults: Faults; reads: Reads; most?: number; beside?: true }> =
  {
    '500': { faults: { status: 500 }, reads: 'nothing' },
    '503': { faults: { status: 503 }, reads: 'nothing' },
    html: { faults: { html: 502 }, reads: 'nothing' },
    reset: { faults: { reset: true }, reads: 'nothing' },
    '429': { faults: { tooMany: true }, reads: 'nothing' },
    'not JSON': { faults: { notJson: true }, reads: 'nothing' },
    'another chain': { faults: { chainId: 'mallory-1' }, reads: 'nothing' },
    'far behind': { faults: { behindMs: 60 * MINUTE }, reads: 'nothing' },
    hangs: { faults: { hang: true }, reads: 'nothing' },
    cut: { faults: { cut: true }, reads: 'nothing' },
    'no consensus states': { faults: { only: /consensus_states/, status: 500 }, reads: 'part' },
    'no client list': { faults: { only: /client_states\?/, html: 502 }, reads: 'part' },
    'no channel list': { faults: { only: /channels\?/, status: 503 }, reads: 'part' },
    'lagging balancer': { faults: { laggingBlocks: 4 }, reads: 'all' },
    'short pages': { faults: { maxPageItems: 3 }, reads: 'all' },
    // The wire's time is 2,000 times the machine's: two seconds, which is slow and no time-out.
    slow: { faults: { latencyMs: 1 }, reads: 'all' },
    // Only beside an endpoint that tells the truth is there something to find out.
    'old cache': {
      faults: { only: /client_states/, cachedMs: 30 * MINUTE },
      reads: 'part',
      most: 300,
      beside: true,
    },
    'an hour ago': {
      faults: { only: /client_states|consensus_states/, behindMs: 60 * MINUTE, noHeights: true },
      reads: 'old',
      most: 300,
      beside: true,
    },
  }

/** What can be wrong with all of Discord: nothing can be told there. */
export const DISCORD_FAULTS: Record<string, DiscordFault> = {
  'Discord 500': { kind: 'status', status: 500 },
  'Discord 503': { kind: 'status', status: 503 },
  'Discord resets': { kind: 'reset' },
}

/** What can be wrong with the webhook alone: the bot's own account can speak. */
export const WEBHOOK_FAULTS: Record<string, DiscordFault> = {
  'webhook 500': { kind: 'status', status: 500 },
  'webhook gone': { kind: 'status', status: 404 },
  'webhook token': { kind: 'status', status: 401 },
  'webhook rate limit': { kind: 'rate-limit', retryAfterS: 20 },
  'webhook resets': { kind: 'reset' },
  'webhook 1015': { kind: 'answer', status: 403, body: 'error code: 1015' },
  'webhook 407': { kind: 'answer', status: 407, body: '<html>Proxy Authentication Required</html>' },
  'webhook login page': { kind: 'answer', status: 200, body: '<html>Sign in</html>' },
}

/** What makes a message come late or its answer get lost, and yet it comes. */
export const ODD_FAULTS: Record<string, DiscordFault> = {
  'answers lost': { kind: 'reset', afterAccept: true },
  'answers never': { kind: 'hang', afterAccept: true },
  '500 after the fact': { kind: 'status', status: 500, afterAccept: true },
  'POST takes 12 s': { kind: 'late', afterMs: 2_000 },
}

/** How one message is refused for what is in it. */
export const POISONS: Record<string, DiscordFault> = {
  'poison 50035': { kind: 'status', status: 400 },
  'poison 403': { kind: 'answer', status: 403, body: '<html>blocked</html>' },
  'poison 500': { kind: 'status', status: 500 },
  'poison 413': { kind: 'answer', status: 413, body: 'Request Entity Too Large' },
}

/** Rooms of the bot that break, and the tables without which they throw; commands throw that ask in such a room. */
export const ROOMS: Record<string, string[]> = {
  wallets: ['wallet_balances', 'wallet_history', 'wallet_registrations', 'wallet_tokens', 'wallets_unseen'],
  faucet: ['drips', 'faucet_audit', 'faucet_bans', 'faucet_dms', 'faucet_pauses'],
  digest: ['digest_sent'],
  commands: [],
}

/** What is asked of a room while it throws; `/drip` is no text. */
export const ASKED: Record<string, string> = { wallets: '$wallets', faucet: '/drip', digest: '$digest' }

/** `disk full`: what is there can be changed, nothing can be added. */
export const STORAGE_FAULTS = ['read-only', 'locked', 'disk full'] as const

/** What can be wrong with the pager. */
export const PAGER_FAULTS: Record<string, PagerFault> = {
  'pager 500': { answer: json(500, { status: 'error' }) },
  'pager 429': { answer: throttled() },
  'pager resets': { how: 'reset' },
  'pager hangs': { how: 'hang' },
  'pager answers lost': { how: 'reset', accepts: true },
}
