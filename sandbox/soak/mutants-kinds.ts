// Defects of the kinds that any program has: an await forgotten, a lane lost, a comparison swapped, a state not kept.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the text of source files
import type { Mutant } from './mutant.ts'

export const MUTANTS_OF_KINDS: Mutant[] = [
  {
    name: 'what may have arrived is sent while it is looked for',
    file: 'alerts/outbox/attempt.ts',
    from: 'const looked = await lookFor(way, row)',
    to: 'const looked = lookFor(way, row) as unknown as string',
    only: ['discord'],
  },
  {
    name: 'what is critical when it is first seen is quiet',
    file: 'alerts/life.ts',
    from: "const quiet = isPastSaving(level) && seen.basis !== 'clock'",
    to: "const quiet = RANK[level] >= RANK.critical && seen.basis !== 'clock'",
  },
  {
    name: 'a node that is far behind is believed',
    file: 'cosmos/endpoint-health.ts',
    from: 'if (behindNs <= BEHIND_NS) return true',
    to: 'if (behindNs >= 0n) return true',
    only: ['endpoints'],
  },
  {
    name: 'a chain is unseen since it was looked at last',
    file: 'chains/state-store.ts',
    from: 'min(coalesce(${since}, excluded.${since}), excluded.${since})',
    to: 'excluded.${since}',
    only: ['outages'],
  },
  {
    name: "a host's clock is taken for the wall's",
    file: 'clients/assess.ts',
    from: 'msToNs(nowMs) > reading.hostTimeNs ? msToNs(nowMs) : reading.hostTimeNs',
    to: 'reading.hostTimeNs',
    only: ['halts', 'outages'],
  },
  {
    name: 'from memory the next threshold is forgotten',
    file: 'clients/settle.ts',
    from: 'store.saveSeverity(chainId, clientId, severity, nextDueMs)',
    to: 'store.saveSeverity(chainId, clientId, severity, null)',
    only: ['outages'],
  },
  {
    name: 'what is past its deadline is not read again',
    file: 'clients/due.ts',
    from: '(!expiring(row) || nowMs - nsToMs(row.expiresNs!) >= BLOCK_GRACE_MS)',
    to: '(!expiring(row) || nowMs - nsToMs(row.expiresNs!) <= BLOCK_GRACE_MS)',
  },
  {
    name: 'a halt is known after an hour',
    file: 'cosmos/endpoint-health.ts',
    from: 'export const FRESH_NS = 300_000_000_000n',
    to: 'export const FRESH_NS = 3_600_000_000_000n',
    only: ['halts'],
  },
  {
    name: 'the first level is told from the second on',
    file: 'alerts/life.ts',
    from: "return tell(opened, 'raised', isPastSaving(from) ? 'ok' : from, seen, nowMs)",
    to: "if (RANK[level] <= 1) return { after: opened, notices: [] }\n  return tell(opened, 'raised', isPastSaving(from) ? 'ok' : from, seen, nowMs)",
  },
]
