// The bot in one sentence (pure), as `systemctl status` shows it.
import { count, grouped } from '../words/numbers.ts'
import { label } from '../words/text.ts'

export interface StatusParts {
  chains: readonly { name: string; state: string; height: bigint | null }[]
  openAlerts: number
  /** Messages that wait for Discord. */
  waiting: number
}

/** So many chains are named. */
const NAMED = 6

const WORDS: Readonly<Record<string, string>> = {
  blind: 'BLIND',
  unread: 'UNSEEN',
  halted: 'HALTED',
  'not-read': 'not read yet',
}

/** "1 of 2 chains is seen: Cosmos Hub at 28,104,233, Osmosis BLIND. 2 alerts are open, 1 message waits for Discord." */
export function statusLine({ chains, openAlerts, waiting }: StatusParts): string {
  const troubled = chains.filter(({ state }) => state !== 'ok')
  const seen = chains.filter(({ state }) => state === 'ok')
  const words = [...troubled, ...seen].map(({ name, state, height }) =>
    [label(name), WORDS[state], height === null ? [] : `at ${grouped(height)}`]
      .flat()
      .filter(Boolean)
      .join(' '),
  )
  const more = words.length > NAMED ? ` and ${words.length - NAMED} more` : ''
  const list = words.length > 0 ? `: ${words.slice(0, NAMED).join(', ')}${more}` : ''
  const alerts = `${count(openAlerts, 'alert')} open`
  const queue = waiting === 0 ? 'nothing waits' : `${count(waiting, 'message')} waiting`
  return `${seen.length} of ${count(chains.length, 'chain')} seen${list}. ${alerts}, ${queue} for Discord.`
}
