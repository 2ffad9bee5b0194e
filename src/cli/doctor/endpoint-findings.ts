// What the doctor says of a chain's endpoints, each by itself and all together. Pure.
import type { ChainSettings } from '../../chains/settings.ts'
import { type Candidate, judge } from '../../cosmos/endpoint-health.ts'
import { type NamedEndpoint, namedEndpoints } from '../../cosmos/endpoint-name.ts'
import type { NodeInfo } from '../../cosmos/node.ts'
import type { EndpointStatus } from '../../cosmos/types.ts'
import { formatDuration } from '../../kernel/duration.ts'
import { msToNs, nsToMs } from '../../kernel/nanotime.ts'
import { grouped } from '../../words/numbers.ts'
import { about, type Finding } from './findings.ts'
import type { ClockSample } from './machine.ts'

const { ok, warning, wrong } = about('chains')

const SLOW_MS = 3000

/** What asking one endpoint came to. */
export interface EndpointLook {
  status: EndpointStatus
  node: NodeInfo | null
  /** Why it does not answer about IBC, in words; null where it does, or was not asked. */
  ibc: string | null
  syncing: boolean
  clock: ClockSample | null
}

/** Where a chain comes from, in the words of its findings. */
export interface ChainsSource {
  /** Follows the chain id in the subject of each finding; empty where it is from the configuration. */
  mark: string
  /** Where it stands in the configuration, such as `chains[2]`. */
  place: string
  /** What mends its endpoints where they do not stand in the configuration; null: they do. */
  mend: string | null
}

/** Findings about a chain's endpoints, and which of them (by index) is best to ask on; null: none can be used. */
export function judgeChain(
  chain: ChainSettings,
  source: ChainsSource,
  looks: readonly EndpointLook[],
  nowMs: number,
): { findings: Finding[]; best: number | null } {
  const { head, judgements } = judge(
    chain.chainId,
    looks.map((look) => candidate(look, chain.chainId)),
    null,
    msToNs(nowMs),
  )
  const states = looks.map(({ status }) => {
    const together = judgements.get(status.name)!
    // What an endpoint said of itself names more than what is said of all.
    return status.state === 'wrong-chain' || status.state === 'failing'
      ? { state: status.state, reason: status.reason }
      : together
  })
  const isAlive = (index: number) => states[index]!.state === 'fresh' || states[index]!.state === 'halted'
  const living = looks.filter((_, index) => isAlive(index))
  const alive = living.length
  const withIbc = living.filter(({ ibc }) => ibc === null).length
  const lines = looks.map((look, index) => {
    const wellAlive = isAlive(index) ? withIbc : alive
    return endpointFinding(chain, source, look, states[index]!, wellAlive, nowMs)
  })
  const best = looks.findIndex(({ status }) => status.name === head?.url)
  const answering = looks.findIndex(({ ibc }, index) => isAlive(index) && ibc === null)
  const asked = looks[best]?.ibc === null || answering < 0 ? best : answering
  const seen = { alive, withIbc, all: looks.length, head }
  return {
    findings: [chainFinding(chain, source, seen, nowMs), ...lines, ...voiceFindings(chain, source)],
    best: asked < 0 ? null : asked,
  }
}

function candidate({ status }: EndpointLook, chainId: string): Candidate {
  const { name: url, state, reason, height, timeNs, patienceNs, latencyMs } = status
  if (state === 'failing' || state === 'unknown' || height === null || timeNs === null) {
    return { url, said: null, probe: { failed: reason ?? 'no answer' } }
  }
  // Which other chain it serves is not kept; that it is another one is all that counts here.
  const block = { chainId: state === 'wrong-chain' ? '' : chainId, height, timeNs }
  return { url, said: null, probe: { block, latencyMs: latencyMs ?? 0, patienceNs } }
}

function chainFinding(
  chain: ChainSettings,
  source: ChainsSource,
  seen: {
    alive: number
    withIbc: number
    all: number
    head: { block: { height: bigint; timeNs: bigint }; halted: boolean } | null
  },
  nowMs: number,
): Finding {
  const { alive, withIbc, all, head } = seen
  const subject = chain.chainId + source.mark
  const more =
    source.mend ??
    `Add working REST endpoints to \`rest\` of ${source.place} (others of ${chain.name} that you trust, or your own node).`
  if (!head || alive === 0) {
    return wrong(subject, `0 of ${all} endpoints can be used: the bot is blind for ${chain.name}`, more)
  }
  if (withIbc === 0) {
    const text = `none of ${alive} endpoints that answer tells of IBC: the bot is blind for the clients of ${chain.name}`
    return (chain.connections === 'none' ? warning : wrong)(subject, text, more)
  }
  if (head.halted) {
    const text = `${chain.name} seems halted: ${alive} of ${all} endpoints answer, their newest block is ${age(head.block.timeNs, nowMs)} old`
    const mend =
      "Nothing to mend here if the chain really makes no block. If it does, the endpoints are stale or this machine's clock is ahead."
    return warning(subject, text, mend)
  }
  if (alive === 1) {
    const text = all === 1 ? 'only one endpoint is given' : `1 of ${all} endpoints alive`
    return warning(subject, `${text}: when it fails, the bot is blind for ${chain.name}`, more)
  }
  return ok(subject, `${alive} of ${all} endpoints alive, newest block ${grouped(head.block.height)}`)
}

function endpointFinding(
  chain: ChainSettings,
  { mark, place, mend }: ChainsSource,
  look: EndpointLook,
  judged: { state: EndpointStatus['state']; reason: string | null },
  alive: number,
  nowMs: number,
): Finding {
  const { status, node, ibc, syncing } = look
  const subject = `${chain.chainId}${mark} ${status.name}`
  const { state, reason } = judged
  if (state === 'fresh' || state === 'halted') {
    const text = [
      `block ${status.height?.toLocaleString('en-US')}, ${age(status.timeNs, nowMs)} old`,
      `${status.latencyMs} ms`,
      versions(node),
    ].join(', ')
    if (ibc !== null) {
      const blind = alive === 0 && chain.connections !== 'none' ? wrong : warning
      const change = `Ask whoever runs it (a key may be missing), or take it out of \`rest\` of ${place}.`
      return blind(subject, `${text}; but what is below /ibc/ it does not answer: ${ibc}`, mend ?? change)
    }
    if (syncing) {
      return warning(subject, `${text}; it says that it is catching up`, 'Wait until the node has caught up.')
    }
    if ((status.latencyMs ?? 0) > SLOW_MS) {
      const faster = `Put a faster endpoint in front of it in \`rest\` of ${place}.`
      return warning(subject, `${text}; slow`, mend ?? faster)
    }
    return ok(subject, text)
  }
  const dead = alive === 0 ? wrong : warning
  const change =
    state === 'wrong-chain'
      ? `Take it out of \`rest\` of ${place}, or correct the chain id (${chain.chainId}).`
      : reason?.startsWith('moved to ')
        ? `Write its new address into \`rest\` of ${place}.`
        : `It is passed over while others work. If it stays so, take it out of \`rest\` of ${place}.`
  return dead(subject, reason ?? state, mend ?? change)
}

/** Endpoints that are run by one operator, as `voice` or their host says, are of little use beside each other. */
function voiceFindings(chain: ChainSettings, { mark, place, mend }: ChainsSource): Finding[] {
  const named = namedEndpoints(chain.rest)
  const hostOf = ({ url }: NamedEndpoint) => new URL(url).host
  const voiceOf = (one: NamedEndpoint) =>
    named.find((other) => other.voice !== undefined && hostOf(other) === hostOf(one))?.voice
  const voices = named.map((one) => one.voice ?? voiceOf(one) ?? hostOf(one))
  return [...new Set(voices)].flatMap((voice) => {
    const names = named.filter((_, index) => voices[index] === voice).map(({ name }) => name)
    if (names.length < 2) return []
    const text = `${names.join(' and ')} are one voice: what one of them errs in, the other does`
    const change = `Add an endpoint of somebody else to \`rest\` of ${place}.`
    return [warning(`${chain.chainId}${mark} voices`, text, mend ?? change)]
  })
}

const age = (timeNs: bigint | null, nowMs: number) =>
  timeNs === null ? 'of unknown age' : formatDuration(Math.max(0, nowMs - nsToMs(timeNs)))

/** "ibc-go v8.8.0, SDK v0.50.9, its client list repeats clients across pages (handled)" */
function versions(node: NodeInfo | null): string {
  if (!node) return 'does not tell its versions'
  const { ibcGoVersion, sdkVersion } = node
  const major = Number(/^v?(\d+)/.exec(ibcGoVersion ?? '')?.[1] ?? Number.NaN)
  const quirk = Number.isNaN(major)
    ? null
    : major <= 6
      ? 'its client list counts raw keys, so that pages can be empty (handled)'
      : 'its client list repeats clients across pages (handled)'
  const ibc = ibcGoVersion === null ? 'ibc-go version not told' : `ibc-go ${ibcGoVersion}`
  return [ibc, sdkVersion && `SDK ${sdkVersion}`, quirk].filter(Boolean).join(', ')
}
