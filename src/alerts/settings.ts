// The settings of alerts: when a client is worth one, whom it tags, and where it goes.

/** When a client that expires is worth a warning. Shares are of the trusting period since the last update. */
export interface Thresholds {
  warnAt: number
  criticalAt: number
  /** Also warn when less than this is left, where the trusting period is at least four times as long. Null: off. */
  warnWhenLeftMs: number | null
  /** No warning while more than this is left; never silences critical. Null: off. */
  quietWhileLeftMs: number | null
}

export interface AlertSettings extends Thresholds {
  about: 'live' | 'mine' | 'all'
  mention: string[]
  remindEveryMs: number
}

/** What counts for all alerts, and where they go. */
export interface AlertRouting {
  blindAfterMs: number
  blindMentionAfterMs: number
  mention: string[]
  /** Where a chain's alerts go besides the default; `webhook` is the secret's name. */
  routes: { chains: string[]; webhook: string; mention: string[] | null }[]
}

/** The name of the webhook that alerts go to when no route says otherwise. */
export const DEFAULT_WEBHOOK = 'DISCORD_WEBHOOK_URL'
