// What the channel was told, read as a person reads it: from the lines of the posts and the commands below them (pure).
import type { ChannelRequest } from './log.ts'
import type { Level, Truth } from './truth.ts'

/** What one line claims of a client. `memory`: by an old reading, while the chain cannot be seen. */
export interface Claim {
  atMs: number
  chainId: string
  clientId: string
  level: Level | 'over' | 'withdrawn'
  memory: boolean
  /** A line that says again what stood before: "still", "seen now". */
  again: boolean
  line: string
  /** The commands that stand in the post. */
  commands: Command[]
}

export interface Command {
  chainId: string
  clientId: string
  height: string | null
}

/** What one line claims of a chain, or of all (`chainId` null), or of whether one client of it can be read. */
export interface ChainClaim {
  atMs: number
  chainId: string | null
  what: 'BLIND' | 'HALTED' | 'UNSEEN' | 'over'
  again: boolean
  line: string
}

export interface Said {
  claims: Claim[]
  ofChains: ChainClaim[]
  /** Lines that name a client and claim nothing that is known here. */
  unread: { atMs: number; line: string }[]
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
  {
    form: /^🟢 over: (?:the clients of )?(.+?)(?: \S+?-\d+(?: \(tracks .+?\))?)? can be read again/,
    what: 'over',
  },
  { form: /^🟢 over: (.+?) makes blocks again/, what: 'over' },
  { form: /^⚪ withdrawn: (.+?) \S+?-\d+ .*it still cannot be read/, what: 'over' },
]

/** Reads what Discord took. */
export function saidOf(requests: readonly ChannelRequest[], truth: Truth): Said {
  const said: Said = { claims: [], ofChains: [], unread: [] }
  const idOf = new Map([...truth.chains.values()].map(({ chainId, name }) => [name, chainId]))
  for (const { atMs, method, accepted, content, embeds } of requests) {
    if (method !== 'POST' || !accepted) continue
    const commands = embeds.flatMap((text) => commandsIn(text))
    for (const raw of content.split('\n')) {
      const line = raw.replace(/( <@&?\d+>)+$/, '').replace(/ #\d+$/, '')
      const claim = claimIn(line, idOf)
      if (claim) said.claims.push({ atMs, ...claim, line, commands })
      else {
        const chain = chainClaimIn(line, idOf)
        if (chain) said.ofChains.push({ atMs, ...chain, again: / still /.test(line), line })
        else if (/\d\d-[a-z]+-\d+/.test(line) && !/: nearest /.test(line)) said.unread.push({ atMs, line })
      }
    }
  }
  return said
}

function claimIn(
  line: string,
  idOf: ReadonlyMap<string, string>,
): Pick<Claim, 'chainId' | 'clientId' | 'level' | 'memory' | 'again'> | null {
  for (const { form, level, memory = false } of FORMS) {
    const who = CLIENT.exec(form.exec(line)?.[1] ?? '')
    const chainId = who && idOf.get(who[1]!)
    if (!chainId) continue
    const again = /\bstill\b|seen now/.test(line)
    // By an old reading nothing but the time that is left is known: a warning at the least.
    return { chainId, clientId: who[2]!, level: level ?? 'warning', memory, again }
  }
  return null
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

function commandsIn(text: string): Command[] {
  return [...text.matchAll(UPDATE)].map(([, chainId, clientId, height]) => ({
    chainId: chainId!,
    clientId: clientId!,
    height: height ?? null,
  }))
}
