// Asks a pager, and says what its answer means.
import { messageOf } from '../../kernel/errors.ts'
import { VERSION } from '../../version.ts'
import { type Request, type Send, SendError } from '../outbox/send.ts'
import { wait } from './common.ts'
import { KINDS } from './kinds.ts'
import type { NamedPager } from './targets.ts'
import type { PagerTarget, PageToSend, PageVerdict } from './types.ts'

export async function askPager(
  send: Send,
  { kind }: Pick<NamedPager, 'kind'>,
  request: Request,
  signal?: AbortSignal,
): Promise<PageVerdict> {
  const headers = { 'user-agent': `ibc-monitor/${VERSION}`, ...request.headers }
  try {
    return KINDS[kind].verdict(await send({ ...request, headers, signal }))
  } catch (error) {
    const silent = error instanceof SendError && { isCertain: error.arrived === 'no', lateMs: error.lateMs }
    return { ...wait(messageOf(error)), ...silent }
  }
}

/** Sends a page, also to where its chat has moved. `target` is where it is by then. */
export async function tellPager(
  send: Send,
  pager: NamedPager,
  page: PageToSend,
  signal?: AbortSignal,
): Promise<{ answer: PageVerdict; target: PagerTarget }> {
  const ask = (target: PagerTarget) => askPager(send, pager, KINDS[pager.kind].request(target, page), signal)
  const { target } = pager
  const answer = await ask(target)
  if (answer.kind !== 'refused' || answer.to === undefined || answer.to === target.to)
    return { answer, target }
  const moved = { ...target, to: answer.to }
  return { answer: await ask(moved), target: moved }
}
