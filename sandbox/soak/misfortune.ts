// The misfortunes that a story is made of: each adds to it what happens, and when (pure).
import {
  ASKED,
  DISCORD_FAULTS,
  ENDPOINT_FAULTS,
  ODD_FAULTS,
  PAGER_FAULTS,
  POISONS,
  ROOMS,
  STORAGE_FAULTS,
  WEBHOOK_FAULTS,
} from './faults.ts'
import { HOUR, MINUTE, type Story } from './happening.ts'
import type { Random } from './random.ts'

/** Who keeps a client alive is away now and then, for long enough that it matters. */
export function keepers({ pairs, happenings, endMs }: Story, client: number, random: Random): void {
  const { trustingPeriodMs, otherPeriodMs = trustingPeriodMs, crowd } = pairs[client >> 1]!
  if (crowd) return
  const periodMs = client % 2 === 0 ? trustingPeriodMs : otherPeriodMs
  for (let atMs = random.next() * periodMs; atMs < endMs; ) {
    const awayMs = periodMs * (0.4 + random.next() * 0.9)
    happenings.push({ atMs, kind: 'keeper', client, here: false })
    happenings.push({ atMs: atMs + awayMs, kind: 'keeper', client, here: true })
    // Whoever comes too late asks governance.
    happenings.push({ atMs: atMs + awayMs + random.whole(20, 240) * MINUTE, kind: 'recover', client })
    atMs += awayMs + periodMs * (1 + random.next() * 3)
  }
}

/** A chain cannot be seen at all (nor by one that lies) while deadlines of its clients come near: only memory goes on. */
export function outages({ chains, pairs, happenings, endMs }: Story, random: Random): void {
  const first = pairs.length
  for (const [i, { chainId: a }] of chains.entries()) {
    const b = chains[(i + 1) % chains.length]!.chainId
    const trustingPeriodMs = random.pick([2, 3, 4]) * HOUR
    // Whoever comes often makes it known when the next deadline is.
    pairs.push({ a, b, trustingPeriodMs, refreshAt: 0.1, channels: 1, age: 0, crowd: true })
  }
  const last = pairs.length
  // In no danger, so that nobody looks at them but a sweep.
  for (const { a, b } of pairs.slice(first))
    pairs.push({ a, b, trustingPeriodMs: 24 * HOUR, refreshAt: 1 / 3, channels: 1, age: 0, crowd: true })
  for (let atMs = (1 + random.next()) * HOUR; atMs < endMs; atMs += random.whole(150, 300) * MINUTE) {
    const { chainId, endpoints } = random.pick(chains)
    const fault = random.pick(['503', 'reset', 'hangs', 'no consensus states'])
    const { faults, reads } = ENDPOINT_FAULTS[fault]!
    const lastsMs = random.whole(15, 100) * MINUTE
    for (const [at, one] of [...happenings.entries()].reverse())
      if (one.kind === 'endpoint' && one.chainId === chainId && ENDPOINT_FAULTS[one.fault ?? '']?.beside)
        if (one.atMs >= atMs && one.atMs <= atMs + lastsMs) happenings.splice(at, 1)
    // Again between two sweeps, so that none fails: what is frozen then only the look at a chain that is back brings.
    const againMs = (Math.ceil((atMs + lastsMs) / MINUTE / 10 + 2) * 10 + 1) * MINUTE
    for (let endpoint = 0; endpoint < endpoints; endpoint++) {
      const which = { kind: 'endpoint', chainId, endpoint } as const
      const off = { ...which, fault: null, faults: {}, reads: 'all' } as const
      happenings.push({ atMs, ...which, fault, faults, reads }, { atMs: atMs + lastsMs, ...off })
      happenings.push({ atMs: againMs, ...which, fault: '503', ...ENDPOINT_FAULTS['503']! })
      happenings.push({ atMs: againMs + 5 * MINUTE, ...off })
    }
    const frozen = (last + chains.findIndex((one) => one.chainId === chainId)) * 2
    happenings.push({ atMs: againMs + MINUTE, kind: 'freeze', client: frozen })
    happenings.push({ atMs: againMs + 30 * MINUTE, kind: 'recover', client: frozen })
    for (const [i, { a, b, trustingPeriodMs }] of pairs.slice(first, last).entries()) {
      if (a !== chainId && b !== chainId) continue
      const client = (first + i) * 2 + (a === chainId ? 0 : 1)
      const awayMs = atMs - trustingPeriodMs * (0.6 + random.next() * 0.3)
      // Back while nobody sees it, in time or not, or after that.
      const backMs = atMs + lastsMs * (0.3 + random.next() * 1.5)
      happenings.push({ atMs: awayMs, kind: 'keeper', client, here: false })
      happenings.push({ atMs: backMs, kind: 'keeper', client, here: true })
      happenings.push({ atMs: backMs + random.whole(20, 60) * MINUTE, kind: 'recover', client })
    }
  }
}

/** Many clients between two chains, whose only relayer goes away. */
export function crowd({ pairs, chains, happenings, endMs }: Story, random: Random): void {
  const [a, b] = [chains[0]!.chainId, random.pick(chains.slice(1)).chainId]
  const trustingPeriodMs = random.pick([3, 5, 8]) * HOUR
  const first = pairs.length
  const many = random.whole(5, 14)
  for (let one = 0; one < many; one++)
    pairs.push({ a, b, trustingPeriodMs, refreshAt: 1 / 3, channels: 1, age: 0, crowd: true })
  const atMs = random.next() * endMs * 0.5
  const untilMs = atMs + trustingPeriodMs * (0.75 + random.next() * 0.5)
  for (let client = first * 2; client < pairs.length * 2; client++) {
    happenings.push({ atMs, kind: 'keeper', client, here: false })
    happenings.push({ atMs: untilMs, kind: 'keeper', client, here: true })
    happenings.push({ atMs: untilMs + random.whole(30, 200) * MINUTE, kind: 'recover', client })
  }
}

export function endpointFaults({ chains, happenings, endMs }: Story, random: Random): void {
  const [lies, troubles] = [true, false].map((is) =>
    Object.keys(ENDPOINT_FAULTS).filter((kind) => (ENDPOINT_FAULTS[kind]!.beside ?? false) === is),
  ) as [string[], string[]]
  const kinds = troubles.filter(() => random.chance(0.4))
  for (const { chainId, endpoints } of chains) {
    // One that lies stands beside others that tell the truth, and two that say the same are believed.
    const isLied = endpoints > 1 && random.chance(0.4)
    const fitting = isLied ? lies : kinds
    for (let endpoint = 0; endpoint < (isLied ? 1 : endpoints) && fitting.length > 0; endpoint++) {
      let atMs = random.next() * 5 * HOUR
      while (atMs < endMs) {
        const fault = random.pick(fitting)
        const { faults, reads, most = 180 } = ENDPOINT_FAULTS[fault]!
        const untilMs = atMs + random.whole(1, most) * MINUTE
        const which = { kind: 'endpoint', chainId, endpoint } as const
        happenings.push({ atMs, ...which, fault, faults, reads })
        happenings.push({ atMs: untilMs, ...which, fault: null, faults: {}, reads: 'all' })
        atMs = untilMs + random.whole(10, 400) * MINUTE
      }
    }
  }
}

export function discordFaults(story: Story, random: Random): void {
  const { happenings, endMs } = story
  // Who sends little hardly meets what is wrong with the answers.
  if (random.chance(0.5)) row(story, random)
  for (let atMs = random.next() * 4 * HOUR; atMs < endMs; ) {
    const sort = random.pick(['any', 'webhook', 'webhook', 'odd', 'odd'] as const)
    // What takes messages, and only answers oddly, shows while there are some.
    const untilMs = atMs + (sort === 'odd' ? random.whole(30, 150) : random.whole(2, 90)) * MINUTE
    // What waits meanwhile is sent by whoever comes after.
    if (sort !== 'odd' && random.chance(0.6)) {
      const share = random.next()
      const endMs = atMs + (untilMs - atMs) * share
      if (share < 0.4) happenings.push({ atMs: endMs, kind: 'kill', after: 0 })
      // Or only when it is over, by whoever is switched on then.
      else happenings.push({ atMs: endMs, kind: 'off' }, { atMs: untilMs + MINUTE, kind: 'on' })
    }
    if (sort === 'odd') {
      // Twice as often: what doubles a message where somebody does not look for it.
      const fault = random.pick([...Object.keys(ODD_FAULTS), 'POST takes 12 s', '500 after the fact'])
      happenings.push({ atMs, kind: 'odd', fault, discord: ODD_FAULTS[fault]! })
      happenings.push({ atMs: untilMs, kind: 'odd', fault: null, discord: null })
    } else {
      const kinds = sort === 'any' ? DISCORD_FAULTS : WEBHOOK_FAULTS
      const fault = random.pick(Object.keys(kinds))
      if (sort === 'any' && untilMs - atMs > 35 * MINUTE) savedUnheard(story, atMs)
      happenings.push({ atMs, kind: 'discord', door: sort, fault, discord: kinds[fault]! })
      happenings.push({ atMs: untilMs, kind: 'discord', door: sort, fault: null, discord: null })
    }
    atMs = untilMs + random.whole(20, 240) * MINUTE
  }
}

/** Somebody is in danger and saved while Discord takes nothing: what waits is over when it is sent. */
function savedUnheard({ pairs, chains, happenings }: Story, atMs: number): void {
  const [a, b] = [chains[0]!.chainId, chains[1]!.chainId]
  const trustingPeriodMs = 2 * HOUR
  const client = pairs.length * 2
  pairs.push({ a, b, trustingPeriodMs, refreshAt: 0.1, channels: 1, age: 0, crowd: true })
  for (const one of [client, client + 1]) {
    happenings.push({ atMs: atMs - 0.72 * trustingPeriodMs, kind: 'keeper', client: one, here: false })
    happenings.push({ atMs: atMs + 18 * MINUTE, kind: 'keeper', client: one, here: true })
  }
}

/** The pager fails, by itself. */
export function pagers({ happenings, endMs }: Story, random: Random): void {
  for (let atMs = random.next() * 3 * HOUR; atMs < endMs; ) {
    const fault = random.pick(Object.keys(PAGER_FAULTS))
    const untilMs = atMs + random.whole(2, 90) * MINUTE
    happenings.push({ atMs, kind: 'pager', fault, pager: PAGER_FAULTS[fault]! })
    happenings.push({ atMs: untilMs, kind: 'pager', fault: null, pager: null })
    atMs = untilMs + random.whole(20, 240) * MINUTE
  }
}

/** Clients that are told of one after the other, so that what holds back one message shows in the next ones. */
function row({ pairs, chains, happenings, endMs }: Story, random: Random): void {
  const [a, b] = [chains[0]!.chainId, chains[1]!.chainId]
  const trustingPeriodMs = 2 * HOUR
  const first = pairs.length
  const apartMs = random.pick([45_000, MINUTE, 2 * MINUTE])
  for (let one = 0; one < 3; one++) {
    const age = 0.2 + (one * apartMs) / trustingPeriodMs
    pairs.push({ a, b, trustingPeriodMs, refreshAt: 1 / 3, channels: 1, age, crowd: true })
  }
  for (let atMs = random.next() * HOUR; atMs < endMs; ) {
    const awayMs = trustingPeriodMs * (0.6 + random.next() * 0.4)
    for (let client = first * 2; client < pairs.length * 2; client++) {
      const backMs = atMs + awayMs + (2 - ((client >> 1) - first)) * apartMs
      happenings.push({ atMs, kind: 'keeper', client, here: false })
      happenings.push({ atMs: backMs, kind: 'keeper', client, here: true })
      happenings.push({ atMs: backMs + 20 * MINUTE, kind: 'recover', client })
    }
    atMs += awayMs + random.whole(15, 60) * MINUTE
  }
}

/** Messages with one client in them are refused, and no others: with one that is soon told of, as likely as not. */
export function poisons(story: Story, random: Random): void {
  const { pairs, happenings, endMs } = story
  row(story, random)
  const periodMs = (client: number) => {
    const { trustingPeriodMs, otherPeriodMs = trustingPeriodMs, channels } = pairs[client >> 1]!
    return channels === 0 ? Number.POSITIVE_INFINITY : client % 2 === 0 ? trustingPeriodMs : otherPeriodMs
  }
  for (let atMs = random.next() * 2 * HOUR; atMs < endMs; ) {
    const some = [0, 1, 2].map(() => random.whole(0, pairs.length * 2 - 1))
    const client = some.sort((a, b) => periodMs(a) - periodMs(b))[0]!
    const part = random.pick(['headline', 'headline', 'command'] as const)
    const discord = random.pick([...Object.values(POISONS), POISONS['poison 50035']!])
    happenings.push({ atMs, kind: 'poison', client, part, discord })
    const untilMs = atMs + random.whole(100, 400) * MINUTE
    happenings.push({ atMs: untilMs, kind: 'poison', client, part, discord: null })
    atMs = untilMs + random.whole(10, 90) * MINUTE
  }
}

export function storage({ happenings, endMs }: Story, random: Random): void {
  for (let atMs = random.next() * endMs * 0.7; atMs < endMs; ) {
    const untilMs = atMs + random.whole(5, 90) * MINUTE
    happenings.push({ atMs, kind: 'storage', fault: random.pick(STORAGE_FAULTS) })
    happenings.push({ atMs: untilMs, kind: 'storage', fault: null })
    atMs = untilMs + random.whole(200, 600) * MINUTE
  }
}

/** Rooms throw, also at people who ask in them. */
export function rooms({ happenings, endMs }: Story, random: Random): void {
  for (const room of Object.keys(ROOMS)) {
    const atMs = random.next() * endMs * 0.5
    const untilMs = atMs + random.whole(60, 600) * MINUTE
    happenings.push({ atMs, kind: 'room', room, broken: true })
    happenings.push({ atMs: untilMs, kind: 'room', room, broken: false })
    const texts = room in ASKED ? [ASKED[room]!] : Object.values(ASKED)
    for (let askedMs = atMs + MINUTE; askedMs < untilMs; askedMs += random.whole(5, 60) * MINUTE)
      happenings.push({ atMs: askedMs, kind: 'types', text: random.pick(texts) })
  }
}

/** A test network is reset. Whoever tracks it follows the chain as it was before, and dies. */
export function resets({ chains, happenings, endMs }: Story, random: Random): void {
  const { chainId } = random.pick(chains)
  happenings.push({ atMs: random.next() * endMs * 0.7, kind: 'again', chainId })
}

export function halts({ chains, pairs, happenings, endMs }: Story, random: Random): void {
  const { chainId } = random.pick(chains)
  const atMs = random.next() * endMs * 0.7
  happenings.push({ atMs, kind: 'halt', chainId })
  happenings.push({ atMs: atMs + random.whole(10, 400) * MINUTE, kind: 'resume', chainId })
  // Whoever keeps one of its clients is away, so that a deadline passes meanwhile.
  for (const [pair, { a, b, trustingPeriodMs }] of pairs.entries()) {
    if (trustingPeriodMs > 8 * HOUR || (a !== chainId && b !== chainId)) continue
    happenings.push({ atMs: atMs - trustingPeriodMs / 2, kind: 'keeper', client: pair * 2, here: false })
  }
}

export function freezes({ pairs, happenings, endMs }: Story, random: Random): void {
  for (let times = random.whole(1, 3); times > 0; times--) {
    const client = random.whole(0, pairs.length * 2 - 1)
    const atMs = random.next() * endMs * 0.8
    happenings.push({ atMs, kind: 'freeze', client })
    happenings.push({ atMs: atMs + random.whole(30, 600) * MINUTE, kind: 'recover', client })
  }
}

/** Channels open over what nobody used, also where it is past saving, and close again. */
export function uses({ pairs, happenings, endMs }: Story, random: Random): void {
  for (const [pair, { channels, crowd }] of pairs.entries()) {
    if (crowd || random.chance(0.3)) continue
    const atMs = (0.2 + random.next() * 0.5) * endMs
    if (channels === 0) {
      const client = pair * 2 + random.whole(0, 1)
      if (random.chance(0.8))
        happenings.push({
          // Not within the first look, of which nobody knows whether it still saw the client well.
          atMs: Math.max(15 * MINUTE, atMs - random.whole(30, 200) * MINUTE),
          kind: 'freeze',
          client,
        })
      happenings.push({ atMs, kind: 'channels', pair, open: true })
    } else if (random.chance(0.3)) {
      happenings.push({ atMs, kind: 'channels', pair, open: false })
      happenings.push({ atMs: atMs + random.whole(30, 400) * MINUTE, kind: 'channels', pair, open: true })
    }
  }
}

export function restarts({ happenings, endMs }: Story, random: Random): void {
  for (let atMs = random.next() * 8 * HOUR; atMs < endMs; atMs += random.whole(120, 900) * MINUTE) {
    if (random.chance(0.5)) happenings.push({ atMs, kind: 'restart' })
    else {
      happenings.push({ atMs, kind: 'off' })
      happenings.push({ atMs: atMs + random.whole(5, 90) * MINUTE, kind: 'on' })
    }
  }
}

export function kills({ happenings, endMs }: Story, random: Random): void {
  for (let atMs = random.next() * 2 * HOUR; atMs < endMs; atMs += random.whole(15, 100) * MINUTE) {
    const after = random.chance(0.5) ? 'post' : random.whole(0, 60)
    happenings.push({ atMs, kind: 'kill', after })
  }
}

const TYPED = ['$data', '$status', '$alerts', '$wallets', '$digest', '$client 07-tendermint-0 alpha', '$help']

/** People ask for this and that. */
export function commands({ happenings, endMs }: Story, random: Random): void {
  for (let atMs = HOUR; atMs < endMs; atMs += random.whole(60, 300) * MINUTE)
    happenings.push({ atMs, kind: 'types', text: random.pick(TYPED) })
}
