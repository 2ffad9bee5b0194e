// What the channel was told, read as a person reads it: from the lines of the posts and the commands below them (pure).
import type { ChannelRequest } from './log.ts'
import type { Level, Truth } from './truth.ts'

/** Where a line stood. */
interface Stood {
  atMs: number
  by: 'webhook' | 'bot'
  messageId: string | null
  /** Whom the message called. */
  tags: string[]
  /** What else stands in the message, below its lines. */
  embeds: string[]
}

/** What one line claims of a client. `memory`: by an old reading, while the chain cannot be seen. */
export interface Claim extends Stood {
  chainId: string
  clientId: string
  level: Level | 'over' | 'withdrawn'
  memory: boolean
  /** A line that says again what stood before: "still", "seen now". */
  again: boolean
  /** Nobody acknowledged what was told: it calls others, and is no reminder. */
  escalated: boolean
  /** Until when an update saves it, to the minute; null: not said. */
  deadlineMs: number | null
  line: string
  /** The commands that stand in the post. */
  commands: Command[]
}

export interface Command {
  text: string
  chainId: string
  clientId: string
  height: string | null
}

/** What one line claims of a chain, or of all (`chainId` null), or of whether one client of it can be read. */
export interface ChainClaim {
  atMs: number
  messageId: string | null
  chainId: string | null
  what: 'BLIND' | 'HALTED' | 'UNSEEN' | 'RESTARTED' | 'over'
  again: boolean
  line: string
  tags: string[]
}

export interface Said {
  claims: Claim[]
  ofChains: ChainClaim[]
  /** Lines that name a client and claim nothing that is known here. */
  unread: { atMs: number; line: string }[]
  /** Clients whose messages were refused, and when. */
  refused: { atMs: number; chainId: string; clientId: string }[]
  /** Messages that were changed later, and what stands there since. */
  edits: { atMs: number; messageId: string; text: string }[]
  /** Messages that called somebody. */
  calls: { atMs: number; messageId: string | null; tags: string[]; text: string }[]
  /** First lines of digests. */
  digests: { atMs: number; line: string }[]
  /** What the second of two watchers claims, of clients and of chains. */
  others: Claim[]
  othersOfChains: ChainClaim[]
  /** Lines about the bot itself. */
  ofItself: { atMs: number; line: string }[]
}

const CLIENT = /^(.+?) (\S+?-\d+)(?: \(tracks .+?\))?$/
const UPDATE = /^hermes update client --host-chain (\S+) --client (\S+)(?: --height (\S+))?$/gm

/** The forms of a line about one client: the sign and the verdict first, then whom it is about. */
const FORMS: { form: RegExp; level: Claim['level'] | null; memory?: true }[] = [
  { form: /^⚫ .*left: (.+?) may expire /, level: null, memory: true },
  { form: /^⚫ (?:still )?MAY HAVE EXPIRED .+?: (.+?), as of /, level: 'expired', memory: true },
  { form: /^🟡 (?:still not updated, )?\S.* left(?:, seen now)?: (.+?), expires /, level: 'warning' },
  { form: /^[🟠🔴] (?:still not updated, )?\S.* left(?:, seen now)?: (.+?), expires /u, level: 'critical' },
  { form: /^🔴 (?:still )?OVERDUE(?:, seen now)?: (.+?) is past its deadline/, level: 'overdue' },
  { form: /^🔴 (?:still )?EXPIRED(?:, seen now)?: (.+?)\. /, level: 'expired' },
  { form: /^🧊 (?:still )?FROZEN(?:, seen now)?: (.+?)\. /, level: 'frozen' },
  { form: /^🟢 over: (.+?) (?:was updated|is active again|is out of danger again)/, level: 'over' },
  { form: /^⚪ withdrawn: (.+?) is no longer/, level: 'withdrawn' },
]

/** Of a line about a chain: the word first, then its name. */
const CHAINS: { form: RegExp; what?: 'over' }[] = [
  { form: /^⚫ (?:still )?(BLIND) [^:]+: (none of \d+ chains)/ },
  { form: /^⚫ (?:still )?(BLIND) [^:]+: (.+?)(?:, \d+ of \d+ endpoints?|\. )/ },
  { form: /^⚫ (?:still )?(UNSEEN) [^:]+: the clients of (.+?) cannot be read/ },
  { form: /^⚫ (?:still )?(UNSEEN) [^:]+: (.+?) \S+?-\d+(?: \(tracks .+?\))? cannot be read, its chain can/ },
  { form: /^⏸ (?:still )?(HALTED): (.+?) has made no block/ },
  { form: /^⏮ (?:still )?(RESTARTED): (.+?) is at block / },
  {
    form: /^🟢 over: (?:the clients of )?(.+?)(?: \S+?-\d+(?: \(tracks .+?\))?)? can be read again/,
    what: 'over',
  },
  { form: /^🟢 over: (.+?) makes blocks again/, what: 'over' },
  { form: /^⚪ withdrawn: (.+?) \S+?-\d+ .*it still cannot be read/, what: 'over' },
]

/** Reads what Discord took. */
export function saidOf(requests: readonly ChannelRequest[], truth: Truth): Said {
  const said: Said = {
    claims: [],
    ofChains: [],
    unread: [],
    refused: [],
    edits: [],
    calls: [],
    digests: [],
    others: [],
    othersOfChains: [],
    ofItself: [],
  }
  const idOf = new Map([...truth.chains.values()].map(({ chainId, name }) => [name, chainId]))
  for (const request of requests) {
    const { atMs, method, accepted, messageId, content, embeds } = request
    const lines = content.split('\n').map(bare)
    if (!accepted) {
      for (const line of lines) {
        const claim = claimIn(line, idOf, atMs)
        if (!claim) continue
        const { chainId, clientId } = claim
        said.refused.push({ atMs, chainId, clientId })
      }
    } else if (method === 'PATCH') {
      said.edits.push({ atMs, messageId: messageId ?? '', text: [content, ...embeds].join('\n') })
    } else {
      const { tags = [] } = request
      if (tags.length > 0) said.calls.push({ atMs, messageId, tags, text: lines[0]! })
      for (const line of lines) readLine(line, request, said, idOf)
    }
  }
  return said
}

/** A line without what stands around it: a quote's mark or a dot before, a number and whom it calls behind. */
const bare = (line: string) =>
  line
    .replace(/^(?:[>•*-] )+/, '')
    .replace(/(?: <@&?\d+>)+$/, '')
    .replace(/ #\d+$/, '')

function readLine(
  line: string,
  request: ChannelRequest,
  said: Said,
  idOf: ReadonlyMap<string, string>,
): void {
  const { atMs, by = 'webhook', messageId, embeds, tags = [] } = request
  const claim = claimIn(line, idOf, atMs)
  if (claim) {
    const commands = embeds.flatMap((text) => commandsIn(text))
    const escalated = / · nobody has #\d+ for /.test(line)
    said.claims.push({ atMs, by, messageId, tags, embeds, ...claim, escalated, line, commands })
    return
  }
  const chain = chainClaimIn(line, idOf)
  if (chain) said.ofChains.push({ atMs, messageId, ...chain, again: / still /.test(line), line, tags })
  else if (line.startsWith('📋')) said.digests.push({ atMs, line })
  else if (line.startsWith('⚠️')) said.ofItself.push({ atMs, line })
  else if (/\d\d-[a-z]+-\d+/.test(line) && !/: nearest /.test(line)) said.unread.push({ atMs, line })
}

function claimIn(
  line: string,
  idOf: ReadonlyMap<string, string>,
  atMs: number,
): Pick<Claim, 'chainId' | 'clientId' | 'level' | 'memory' | 'again' | 'deadlineMs'> | null {
  for (const { form, level, memory = false } of FORMS) {
    const who = CLIENT.exec(form.exec(line)?.[1] ?? '')
    const chainId = who && idOf.get(who[1]!)
    if (!chainId) continue
    const again = /^\S+ still |, seen now: /.test(line)
    // By an old reading nothing but the time that is left is known: a warning at the least.
    const deadlineMs = deadlineIn(line, atMs)
    return { chainId, clientId: who[2]!, level: level ?? 'warning', memory, again, deadlineMs }
  }
  return null
}

/** "expires Sat 21 Nov 06:00 UTC", of the year of the post where none is named. */
function deadlineIn(line: string, atMs: number): number | null {
  const found = /(?:expires?|EXPIRED) (\w{3} .+? UTC)/.exec(line)
  return found && momentIn(found[1]!, atMs)
}

/** "Sat 21 Nov 06:00 UTC", Unix ms; null: it is none. */
export function momentIn(text: string, atMs: number): number | null {
  const found = /^\w{3} (\d+ \w{3})(?: (\d{4}))? (\d\d:\d\d) UTC$/.exec(text)
  if (!found) return null
  const [, day, year = new Date(atMs).getUTCFullYear(), clock] = found
  return Date.parse(`${day} ${year} ${clock} UTC`)
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** "40 min" before `word`: as much at the least, and less than one unit more; null: it is not said. */
export function spanIn(line: string, word: 'left' | 'ago'): { leastMs: number; unitMs: number } | null {
  const found = new RegExp(`(?:^|\\s)(\\d+) (s|min|h|d) ${word}`).exec(line)
  if (!found) return null
  const unitMs = UNIT_MS[found[2]!]!
  return { leastMs: Number(found[1]) * unitMs, unitMs }
}

function chainClaimIn(
  line: string,
  idOf: ReadonlyMap<string, string>,
): Pick<ChainClaim, 'chainId' | 'what'> | null {
  for (const { form, what } of CHAINS) {
    const found = form.exec(line)
    if (!found) continue
    const name = found.at(-1)!
    return { chainId: idOf.get(name) ?? null, what: what ?? (found[1] as ChainClaim['what']) }
  }
  return null
}

/** The updates that a text advises. */
export function commandsIn(text: string): Command[] {
  return [...text.matchAll(UPDATE)].map(([whole, chainId, clientId, height]) => ({
    text: whole,
    chainId: chainId!,
    clientId: clientId!,
    height: height ?? null,
  }))
}
