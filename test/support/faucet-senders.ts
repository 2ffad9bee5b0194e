// Senders of a faucet, before a server that answers what a test says.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ManualClock } from '../../sandbox/manual-clock.ts'
import type { FaucetInput } from '../../src/faucet/schema.ts'
import { createSender } from '../../src/faucet/senders/index.ts'
import { DAY_MS } from '../../src/kernel/duration.ts'
import { faucetSettings, ligAddress, NOW_MS } from './faucet.ts'

export interface Canned {
  status: number
  body: unknown
  headers?: Record<string, string>
}

export let http: Server
export let url: string
let cannedBy: (path: string) => Canned
export let asked: { method: string; url: string; headers: Record<string, unknown>; body: string }[]

export async function startServer() {
  http = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    const canned = cannedBy(request.url!)
    const { body: said } = canned
    const text = typeof said === 'string' || Buffer.isBuffer(said) ? said : JSON.stringify(said)
    response.writeHead(canned.status, canned.headers).end(text)
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

export function forget() {
  asked = []
}

/** What the server answers from here on. */
export function answerWith(answer: Canned) {
  answerBy(() => answer)
}

/** What it answers to each path. */
export function answerBy(by: (path: string) => Canned) {
  cannedBy = by
}

export const ADDRESS = ligAddress(1)
export const HASH = `ltx1${'q'.repeat(58)}`
export const PAYMENT = {
  address: ADDRESS,
  userId: '972778865355272194',
  joinedAtMs: NOW_MS - 40 * DAY_MS,
  accountCreatedMs: NOW_MS - 400 * DAY_MS,
  atMs: NOW_MS,
}

export type SenderInput = FaucetInput['sender']
export function senderOf(sender: object, token: string | null = 'a-good-secret') {
  const settings = faucetSettings(url, { sender: { url, ...sender } as SenderInput }).sender
  return createSender({ settings, token, clock: new ManualClock(NOW_MS) })
}
export async function send(sender: object, answer: Canned, token?: string | null) {
  answerWith(answer)
  return senderOf(sender, token).send(PAYMENT)
}

export const INTERNAL = { kind: 'internal-drip', token: 'FAUCET_TOKEN' }
export const BOT = { kind: 'ligate-drip-bot', token: 'FAUCET_TOKEN' }
export const V1 = { kind: 'ligate-v1' }
export const COSMJS = { kind: 'cosmjs', denom: 'uatom' }
export const IGNITE = { kind: 'ignite' }
export const HTTP = {
  kind: 'http',
  token: 'FAUCET_TOKEN',
  path: '/pay?to={address}',
  headers: { 'X-Key': '{token}', 'Content-Type': 'application/vnd.x+json' },
  body: { to: { account: '{address}' }, by: 'discord {user}', n: 5 },
  hash: 'result.tx.hash',
  error: 'problem.text',
}
export const json = (status: number, body: unknown) => ({
  status,
  body,
  headers: { 'content-type': 'application/json' },
})
export const page = (status: number) => ({ status, body: '<html><title>nginx</title></html>' })
