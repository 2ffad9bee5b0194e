// The bot in one sentence (pure), as `systemctl status` shows it.
import { count, grouped } from '../words/numbers.ts'
import { label } from '../words/text.ts'

/** So many chains are named. */
const NAMED = 6

const WORDS: Readonly<Record<string, string>> = {
  blind: 'BLIND',
  unread: 'UNSEEN',
  halted: 'HALTED',
  'not-read': 'not read yet',
}

interface Chain {
  name: string
  state: string
  block?: { height: bigint } | null
}

/** "1 of 2 chains seen: Osmosis BLIND, Cosmos Hub at 28,104,233. 2 alerts open, 1 message waiting for Discord." */
export function statusLine(chains: readonly Chain[], openAlerts: number, waiting: number): string {
  const seen = chains.filter(({ state }) => state === 'ok')
  const words = [...chains.filter(({ state }) => state !== 'ok'), ...seen].map(({ name, state, block }) =>
    [label(name), WORDS[state], block && `at ${grouped(block.height)}`].filter(Boolean).join(' '),
  )
  const more = words.length > NAMED ? ` and ${words.length - NAMED} more` : ''
  const queue = waiting === 0 ? 'nothing waits' : `${count(waiting, 'message')} waiting`
  const list = `${words.slice(0, NAMED).join(', ')}${more}`
  return `${seen.length} of ${count(chains.length, 'chain')} seen: ${list}. ${count(openAlerts, 'alert')} open, ${queue} for Discord.`
}
