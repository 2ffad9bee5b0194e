// Whether a digest counts right what is lost, where nothing was amiss and nothing has just changed (pure).
import type { Judgement, Policy } from './log.ts'
import type { Said } from './said.ts'
import { SLACK_MS, touches } from './spans.ts'
import { type TrueClient, type Truth, useAt } from './truth.ts'
import { pastSaving } from './view.ts'

/** Adds to `judgement` what was wrong in the digests. */
export function judgeDigests(truth: Truth, said: Said, policy: Policy, judgement: Judgement): void {
  for (const { atMs, line } of said.digests) {
    const sinceMs = atMs - policy.sweepEveryMs - 2 * SLACK_MS
    const amiss = [...truth.mute, ...truth.dead, ...truth.poisoned, ...truth.unwritten]
    const chains = [...truth.chains.values()].flatMap(({ dark, old, halted }) => [...dark, ...old, ...halted])
    if (touches([...amiss, ...chains], sinceMs, atMs)) continue
    if (truth.clients.some((client) => hasChanged(client, sinceMs, atMs))) continue
    const lost = truth.clients.filter(
      (client) => useAt(client, atMs) !== 'idle' && isLost(client, atMs),
    ).length
    const told = Number(
      /, (\d+) expired or frozen|; (\d+) expired or frozen/.exec(line)?.slice(1).find(Boolean) ?? 0,
    )
    if (told !== lost)
      judgement.findings.push({ kind: 'false', about: '', atMs, text: `${line} — ${lost} are lost` })
  }
}

const pieceAt = ({ pieces }: TrueClient, atMs: number) => pieces.findLast(({ fromMs }) => fromMs <= atMs)

const isLost = (client: TrueClient, atMs: number) => {
  const piece = pieceAt(client, atMs)
  return piece !== undefined && pastSaving(piece)
}

const hasChanged = (client: TrueClient, fromMs: number, toMs: number) =>
  isLost(client, fromMs) !== isLost(client, toMs) ||
  useAt(client, fromMs) !== useAt(client, toMs) ||
  client.pieces.some((piece) => piece.fromMs > fromMs && piece.fromMs <= toMs && pastSaving(piece))
