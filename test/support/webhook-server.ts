// A small server that answers as Discord's webhooks do, by a script, and keeps what it accepted.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SeenMessage } from '../../src/alerts/outbox/seen.ts'
import type { Payload } from '../../src/alerts/payload.ts'

export interface Posted {
  method: string
  path: string
  body: Payload
  userAgent: string | undefined
  authorization: string | undefined
}

/** How the next POST or PATCH is answered instead of being accepted. `accepts`: it is accepted all the same. */
export interface Fault {
  status?: number
  headers?: Record<string, string>
  body?: unknown
  /** `reset` closes the connection, `hang` never answers, `cut` breaks the body off. */
  how?: 'reset' | 'hang' | 'cut'
  accepts?: boolean
}

export async function startWebhookServer() {
  const requests: Posted[] = []
  const messages = new Map<string, SeenMessage>()
  const faults: Fault[] = []
  let exists = true
  let answersGet = true
  let lastId = 5000
  let held: (() => void)[] | null = null

  const server = createServer((request, response) => {
    void handle(request, response)
  })

  async function handle(request: IncomingMessage, response: ServerResponse) {
    let text = ''
    for await (const chunk of request) text += chunk
    const { method = '', url = '' } = request
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    const [, name] = /^\/webhooks\/(\d+)\//.exec(url) ?? []
    if (method === 'GET') {
      if (!answersGet) return answer(503, {})
      if (!exists) return answer(404, { message: 'Unknown Webhook', code: 10015 })
      return answer(200, { id: name, channel_id: '777', application_id: null })
    }
    requests.push({
      method,
      path: url,
      body: JSON.parse(text),
      userAgent: request.headers['user-agent'],
      authorization: request.headers.authorization,
    })
    if (held) await new Promise<void>((resolve) => held!.push(resolve))
    if (!exists) return answer(404, { message: 'Unknown Webhook', code: 10015 })
    const fault = faults.shift()
    if (fault && !fault.accepts) return fail(fault)
    const body = JSON.parse(text) as Payload
    const edited = /\/messages\/(\d+)/.exec(url)?.[1]
    if (edited && !messages.has(edited)) return answer(404, { message: 'Unknown Message', code: 10008 })
    const id = edited ?? String(++lastId)
    messages.set(id, { id, content: body.content.trim(), embeds: body.embeds, webhookId: name! })
    if (fault) return fail(fault)
    answer(200, { id, channel_id: '777', content: body.content })

    function fail({ status = 500, body, headers, how }: Fault) {
      if (how === 'reset') return request.socket.destroy()
      if (how === 'hang') return
      if (how === 'cut') {
        response.writeHead(status, { 'content-type': 'application/json', 'content-length': '1000' })
        response.write('{"id": "1')
        setImmediate(() => request.socket.destroy())
        return
      }
      answer(status, body ?? {}, headers)
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url: (id = '900') => `${base}/webhooks/${id}/secret-token-${id}`,
    requests,
    messages,
    /** The messages as they stand in the channel now, oldest first. */
    channel: () => [...messages.values()],
    contents: () => [...messages.values()].map(({ content }) => content),
    /** The next requests are answered so, one each. */
    fail: (...next: Fault[]) => void faults.push(...next),
    set exists(value: boolean) {
      exists = value
    },
    set answersGet(value: boolean) {
      answersGet = value
    },
    /** Requests wait from now on; the returned function lets them go on. */
    hold() {
      held = []
      return () => {
        const waiting = held ?? []
        held = null
        for (const go of waiting) go()
      }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
