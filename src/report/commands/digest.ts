// `digest`: the week, as it also comes by the schedule; and the facts that both are made of.
import { lineOf } from '../../clients/line.ts'
import type { Command } from '../../discord/command.ts'
import { type DigestFacts, digest, WEEK_MS } from '../digest.ts'
import { describe } from '../open-alerts.ts'
import type { OverviewDeps } from './deps.ts'

export type DigestDeps = Pick<
  OverviewDeps,
  'store' | 'directory' | 'openAlerts' | 'describe' | 'chainStatus' | 'chainOf'
>

/** Makes the command `digest`. */
export function digestCommand(deps: DigestDeps): Command<object> {
  return {
    name: 'digest',
    summary: 'The week: what happened, what is open, what alerts are not about',
    example: 'digest',
    access: 'everyone',
    args: [],
    async run(_args, { nowMs }) {
      const { headline, embed } = digest(digestFacts(deps, () => true, nowMs))
      return { text: headline, embeds: [embed] }
    },
  }
}

/**
 * What is known at `nowMs` (Unix ms) of the chains that `wanted` takes; asked with null for what is about no chain
 * in particular.
 */
export function digestFacts(
  deps: DigestDeps,
  wanted: (chainId: string | null) => boolean,
  nowMs: number,
): DigestFacts {
  const { store, directory } = deps
  const chains = directory.known().filter(({ chainId }) => wanted(chainId))
  const ids = new Set(chains.map(({ chainId }) => chainId))
  return {
    nowMs,
    directory,
    chains: chains.map(({ chainId, origin }) => {
      const status = deps.chainStatus(chainId)
      const lines = store.clients(chainId).map((row) => lineOf(row, { directory, status, nowMs }))
      return { chainId, origin, status, lines }
    }),
    open: deps
      .openAlerts()
      .filter(({ identity }) => wanted(deps.chainOf(identity)))
      .map(({ identity, state }) => describe(deps, identity, state, nowMs)),
    turns: store.turns(nowMs - WEEK_MS).filter(({ chainId }) => ids.has(chainId)),
  }
}
