// Messages and observations for tests of alerts, with everything that is not said filled in.
import type { SentLine } from '../../src/alerts/mark.ts'
import type { Message, Notice, Observation } from '../../src/alerts/types.ts'

/** 2026-11-20 10:00 UTC, a Friday. */
export const T0 = Date.UTC(2026, 10, 20, 10)

export function seen(level: Observation['level'], more: Partial<Observation> = {}): Observation {
  return { level, deadlineMs: null, first: false, about: true, mention: true, ...more }
}

export function aMessage(
  alertId: number,
  notice: Partial<Notice> = {},
  more: Partial<Omit<Message, 'notice'>> = {},
): Message {
  const level = notice.level ?? 'warning'
  return {
    identity: `ibc:osmosis-1/07-tendermint-${alertId}`,
    headline: `🟡 ${level}: Osmosis 07-tendermint-${alertId}`,
    group: 'Osmosis',
    embed: { title: `Client ${alertId}`, description: 'details' },
    mention: ['<@&100>'],
    subject: `07-tendermint-${alertId}`,
    ...more,
    notice: {
      kind: 'raised',
      level,
      from: 'ok',
      alertId,
      mention: true,
      ackedBy: null,
      raisedMs: T0,
      ...notice,
    },
  }
}

/** The lines of a message, with what became of some of them by the numbers of their alerts. */
export const became = (shown: readonly Message[], of: Record<number, Partial<SentLine>> = {}): SentLine[] =>
  shown.map((message) => ({ message, as: null, title: null, held: null, ...of[message.notice.alertId] }))
