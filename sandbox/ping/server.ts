// A server that waits for a dead-man's ping, as healthchecks.io, Uptime Kuma and others do: keeps what came, answers as told.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Came {
  method: string
  /** Path and query. */
  path: string
  body: string
  /** Name and password. */
  login: string
}

/** How it answers from now on; `hangs`: not at all. */
export interface Answers {
  status: number
  body: string
  location?: string
  hangs?: boolean
}

/** `onCame`: called with each ping as it comes. */
export async function servePings(onCame: (came: Came) => void = () => {}) {
  const came: Came[] = []
  const answers: Answers = { status: 200, body: 'OK' }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const [, basic = ''] = (request.headers.authorization ?? '').split(' ')
    const login = Buffer.from(basic, 'base64').toString()
    const one = { method: request.method!, path: request.url!, body, login }
    came.push(one)
    onCame(one)
    if (answers.hangs) return
    response
      .writeHead(answers.status, answers.location ? { location: answers.location } : {})
      .end(answers.body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** What came, the oldest first. */
    came,
    answers,
    async close(): Promise<void> {
      const closed = new Promise((done) => server.close(done))
      server.closeAllConnections()
      await closed
    },
  }
}
