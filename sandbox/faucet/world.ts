// A faucet's account and its chain: what it has, what it really paid, and what can be looked up. Apart from HTTP.
import { createHash } from 'node:crypto'

const ALPHABET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l'

/** One payment that was really made. */
export interface Paid {
  hash: string
  address: string
  /** Discord's user, where the contract names one. */
  userId: string | null
  amount: bigint
  atMs: number
  /** Included, but not successful: no tokens moved. */
  reverted: boolean
}

export interface FaucetWorld {
  /** What the faucet can still pay, in base units. */
  balance: bigint
  /** One drip, in base units. */
  amount: bigint
  /** The faucet's own cooldown per address as it was typed, seconds; 0: none. Privileged endpoints pass it by. */
  cooldownSecs: number
  /** The next payments are included, but revert. */
  reverting: boolean
  /** Transactions cannot be found before this long after they were made, ms. */
  hiddenForMs: number
  readonly paid: Paid[]
  nowMs(): number
  /** Pays; null when the faucet is dry. */
  pay(address: string, userId: string | null, amount?: bigint): Paid | null
  /** Seconds until this address may have more; 0: now. */
  waitSecs(address: string): number
  find(hash: string): Paid | null
  /** How often tokens really moved to an address, whatever its spelling. */
  timesPaid(address: string): number
}

/** Makes a faucet with plenty to give. */
export function createFaucetWorld(nowMs: () => number = Date.now): FaucetWorld {
  const lastMs = new Map<string, number>()
  const paid: Paid[] = []
  const world: FaucetWorld = {
    balance: 10n ** 18n,
    amount: 100_000_000_000n,
    cooldownSecs: 0,
    reverting: false,
    hiddenForMs: 0,
    paid,
    nowMs,
    pay(address, userId, amount = world.amount) {
      if (world.balance < amount) return null
      const payment: Paid = {
        hash: hashOf(paid.length),
        address,
        userId,
        amount,
        atMs: nowMs(),
        reverted: world.reverting,
      }
      if (!payment.reverted) world.balance -= amount
      paid.push(payment)
      lastMs.set(address, payment.atMs)
      return payment
    },
    waitSecs(address) {
      const last = lastMs.get(address)
      if (last === undefined || world.cooldownSecs === 0) return 0
      return Math.max(0, Math.ceil((last + world.cooldownSecs * 1000 - nowMs()) / 1000))
    },
    find(hash) {
      const payment = paid.find((one) => one.hash === hash || hexOf(one.hash) === hash)
      return payment && nowMs() >= payment.atMs + world.hiddenForMs ? payment : null
    },
    timesPaid: (address) =>
      paid.filter((one) => !one.reverted && one.address.toLowerCase() === address.toLowerCase()).length,
  }
  return world
}

/** `ltx1` and 58 characters, as the ligate chain writes its hashes. */
function hashOf(index: number): string {
  const bytes = createHash('sha512').update(`payment ${index}`).digest()
  return `ltx1${[...bytes.subarray(0, 58)].map((byte) => ALPHABET[byte & 31]).join('')}`
}

/** The same transaction's hash as Cosmos chains write it: 64 hex digits. */
export function hexOf(hash: string): string {
  return createHash('sha256').update(hash).digest('hex').toUpperCase()
}
