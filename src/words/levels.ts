// What is shown of each level of an alert, a client or a chain, and which one is worse (pure).

/** `colour` is an embed's. A thing moves along its own levels only, so equal ranks never meet in one alert. */
const LEVELS = {
  ok: { sign: '🟢', colour: 0x2ecc71, rank: 0 },
  unreadable: { sign: '⚫', colour: 0x23272a, rank: 0.5 },
  low: { sign: '🟡', colour: 0xf1c40f, rank: 1 },
  halted: { sign: '⏸', colour: 0x95a5a6, rank: 1 },
  warning: { sign: '🟡', colour: 0xf1c40f, rank: 1 },
  blind: { sign: '⚫', colour: 0x23272a, rank: 2 },
  unread: { sign: '⚫', colour: 0x23272a, rank: 2 },
  dry: { sign: '🔴', colour: 0xe74c3c, rank: 2 },
  critical: { sign: '🟠', colour: 0xe67e22, rank: 2 },
  expired: { sign: '🔴', colour: 0x992d22, rank: 3 },
  frozen: { sign: '🧊', colour: 0x3498db, rank: 4 },
} as const

type Look = { sign: string; colour: number; rank: number }

function column<Key extends keyof Look>(key: Key): Readonly<Record<keyof typeof LEVELS, Look[Key]>> {
  const cells = Object.entries<Look>(LEVELS).map(([level, look]) => [level, look[key]])
  return Object.fromEntries(cells)
}

/** The sign in front of everything about a level. */
export const SIGN = column('sign')
/** Colours of embeds. */
export const COLOUR = column('colour')
/** How bad a level is. */
export const RANK = column('rank')
