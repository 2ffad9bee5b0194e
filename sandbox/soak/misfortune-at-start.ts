// What there is to tell when the bot starts: of clients near their end, or of what waits since an outage of Discord (pure).
import { HOUR, MINUTE, type Story } from './happening.ts'

/** Somebody is in danger from before the bot is switched off, while Discord takes nothing, until long after. */
export function untoldAtStart({ pairs, chains, happenings }: Story): void {
  const outages = happenings.filter((one) => one.kind === 'discord' && one.door === 'any')
  const at = outages.findIndex(
    ({ atMs, ...one }, i) =>
      'fault' in one && one.fault !== null && (outages[i + 1]?.atMs ?? 0) - atMs > 4 * MINUTE,
  )
  if (at === -1) return
  const [fromMs, toMs] = [outages[at]!.atMs, outages[at + 1]!.atMs]
  const dangerMs = fromMs + 0.3 * (toMs - fromMs)
  const trustingPeriodMs = 20 * HOUR
  if (dangerMs > 0.8 * trustingPeriodMs) return
  happenings.push({ atMs: fromMs + 0.6 * (toMs - fromMs), kind: 'off' })
  happenings.push({ atMs: toMs + MINUTE, kind: 'on' })
  const client = pairs.length * 2
  pairs.push({
    a: chains[0]!.chainId,
    b: chains[1]!.chainId,
    trustingPeriodMs,
    refreshAt: 1 / 3,
    channels: 1,
    age: 0.8 - dangerMs / trustingPeriodMs,
    crowd: true,
  })
  for (const one of [client, client + 1]) {
    happenings.push({ atMs: 0, kind: 'keeper', client: one, here: false })
    happenings.push({ atMs: dangerMs + 1.8 * HOUR, kind: 'keeper', client: one, here: true })
  }
}

/** Clients that are near their end when the bot first looks, and whose relayer comes back later, perhaps too late. */
export function nearTheEnd({ pairs, happenings }: Story, pair: number): void {
  const { age, trustingPeriodMs, otherPeriodMs = trustingPeriodMs } = pairs[pair]!
  for (const [end, periodMs] of [trustingPeriodMs, otherPeriodMs].entries()) {
    const client = pair * 2 + end
    const backMs = (2 * age - 1.7) * periodMs
    happenings.push({ atMs: 0, kind: 'keeper', client, here: false })
    happenings.push({ atMs: backMs, kind: 'keeper', client, here: true })
    happenings.push({ atMs: backMs + 20 * MINUTE, kind: 'recover', client })
  }
}
