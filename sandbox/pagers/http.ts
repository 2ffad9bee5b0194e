// What the local pagers are asked and answer, and a server of this machine in front of them, with faults.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

export interface Answered {
  status: number
  headers: Record<string, string>
  body: string
}

export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Answered => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
})

/** A body as a JSON object; null where it is none. */
export function parsed(body: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(body)
    return value && typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

/**
 * How a request is answered instead. `reset`: the connection is broken off, `hang`: there is no answer ever; with
 * `accepts` what was asked is done all the same.
 */
export interface PagerFault {
  answer?: Answered
  how?: 'reset' | 'hang'
  accepts?: boolean
}

export interface LocalServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Every request, the newest last. */
  readonly requests: (Asked & { status: number })[]
  /** What goes wrong with the next requests, in order; null: nothing. A function: with all of them. */
  faults: (PagerFault | null)[] | ((asked: Asked) => PagerFault | null)
  /** Called for each request that has its answer; `status` 0: none is given. */
  onAnswered: (request: Asked & { status: number }) => void
  /** Listens again after `close`, on the same port. */
  listen(): Promise<void>
  /** Refuses connections from now on, and drops those that are open. */
  close(): Promise<void>
}

/** Starts a server on a free port of 127.0.0.1 that answers by `answer`. */
export async function startLocalServer(answer: (asked: Asked) => Answered): Promise<LocalServer> {
  const http = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  const listenAt = (port: number) =>
    new Promise<void>((resolve, reject) => {
      http.once('error', reject)
      http.listen(port, '127.0.0.1', resolve)
    })
  await listenAt(0)
  const { port } = http.address() as AddressInfo
  const server: LocalServer = {
    url: `http://127.0.0.1:${port}`,
    requests: [],
    faults: [],
    onAnswered: () => {},
    listen: () => listenAt(port),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', server.url)
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = 'GET', headers } = request
    const asked: Asked = { method, path: pathname, query: searchParams, headers, body }
    const fault = Array.isArray(server.faults) ? (server.faults.shift() ?? null) : server.faults(asked)
    const own = fault === null || fault.accepts ? answer(asked) : null
    const given = fault?.how ? null : (fault?.answer ?? own)
    const answered = { ...asked, status: given?.status ?? 0 }
    server.requests.push(answered)
    server.onAnswered(answered)
    if (fault?.how === 'hang') return
    if (given === null) return void request.socket.destroy()
    response.writeHead(given.status, given.headers).end(given.body)
  }

  return server
}
