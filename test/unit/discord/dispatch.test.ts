// Who may do what, and what a user reads when something fails.
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import type { Caller, Command } from '../../../src/discord/command.ts'
import { type AccessPolicy, authorise, prepare, upstreamWords } from '../../../src/discord/dispatch.ts'
import { Refusal, UpstreamError } from '../../../src/kernel/errors.ts'
import { call, command, silent } from './commands.ts'

const caller = (over: Partial<Caller>): Caller => ({ ...call().caller, ...over })

describe('authorise', () => {
  const may = (over: Partial<Command>, policy: AccessPolicy, who: Partial<Caller> = {}, channels = ['5']) => {
    try {
      authorise(command(over), call({ caller: caller(who) }), channels, policy)
      return true
    } catch (error) {
      expect(error).toBeInstanceOf(Refusal)
      return (error as Refusal).message
    }
  }

  it('answers in the command channels, their threads, and everywhere where none are configured', () => {
    expect(may({}, {})).toBe(true)
    expect(may({}, { commandChannels: ['5'] })).toBe(true)
    expect(may({}, { commandChannels: ['6', '7'] })).toBe('Commands are answered in <#6> or <#7>.')
    expect(may({}, { commandChannels: ['6'] }, {}, ['5', '6'])).toBe(true)
    expect(may({ anyChannel: true }, { commandChannels: ['6'] })).toBe(true)
    expect(may({}, { commandChannels: [] })).toBe('Commands are answered in no channel.')
  })

  it('lets only admins use what is for admins', () => {
    expect(may({ access: 'admin' }, {}, { isAdmin: true })).toBe(true)
    expect(may({ access: 'admin' }, {})).toBe('`$data` is only for who may manage this server.')
    expect(may({ access: 'admin' }, { adminRoles: ['8'] })).toBe('`$data` is only for <@&8>.')
  })

  it('knows moderators by their roles, and takes admins only where none are configured', () => {
    expect(may({ access: 'moderator' }, { moderatorRoles: ['3'] }, { roleIds: ['3'] })).toBe(true)
    expect(may({ access: 'moderator' }, { moderatorRoles: ['3'] }, { isAdmin: true })).toBe(
      '`$data` is only for <@&3>.',
    )
    expect(may({ access: 'moderator' }, {}, { isAdmin: true })).toBe(true)
    expect(may({ access: 'moderator' }, {})).toBe('`$data` is only for who may manage this server.')
  })
})

describe('prepare', () => {
  const deps = { policy: {}, logger: silent }
  const outcome = async (run: Command['run'], logger = silent) => {
    const prepared = prepare(command({ run }), () => ({}), call(), ['5'], { ...deps, logger })
    if ('refused' in prepared) throw new Error('refused')
    return prepared.run()
  }

  it('runs with converted arguments, and tells what page buttons run', async () => {
    const prepared = prepare(command(), () => ({ status: 'EXPIRED' }), call(), ['5'], deps)
    if ('refused' in prepared) throw new Error('refused')
    expect(prepared.target).toEqual({ command: 'data', args: ['', 'EXPIRED'] })
    expect(await prepared.run()).toEqual({ reply: { text: '{"status":"expired"}' }, failed: false })
  })

  it('does not look at the arguments of somebody who may not', () => {
    const admin = command({ access: 'admin' })
    const read = () => {
      throw new Error('looked')
    }
    expect(prepare(admin, read, call(), ['5'], deps)).toMatchObject({
      refused: { text: expect.stringContaining('only for') },
    })
  })

  it('refuses wrong arguments before anything runs', () => {
    const prepared = prepare(command(), () => ({ status: 'gone' }), call(), ['5'], deps)
    expect(prepared).toEqual({
      refused: { text: expect.stringContaining('`status`: `gone` is none of') },
    })
  })

  it('shows a refusal as it is', async () => {
    const run = async () => {
      throw new Refusal('no such chain')
    }
    expect(await outcome(run)).toEqual({ reply: { text: 'no such chain' }, failed: true })
  })

  it('says which upstream could not be asked', async () => {
    const run = async () => {
      throw new UpstreamError('timeout', 'no answer within 10 s', {
        endpoint: 'lcd-a.example',
      })
    }
    expect((await outcome(run)).reply.text).toBe(
      'I could not ask lcd-a.example: no answer within 10 s. Try again in a while.',
    )
  })

  it('hides a bug behind an id that the log has too, with the stack and without arguments', async () => {
    const lines: string[] = []
    const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(line) })
    const run = async () => {
      throw new TypeError('x is undefined')
    }
    const { reply, failed } = await outcome(run, logger)
    expect(failed).toBe(true)
    const [, errorId] =
      /^Internal error `([\da-f]{4})`\. The log has the details under this id\.$/.exec(reply.text!) ?? []
    expect(JSON.parse(lines[0]!)).toMatchObject({
      errorId,
      command: 'data',
      err: { type: 'TypeError', stack: expect.stringContaining('dispatch.test') },
    })
  })

  it('catches what a command throws before its first await', async () => {
    const run = () => {
      throw new Refusal('at once')
    }
    expect((await outcome(run)).reply.text).toBe('at once')
  })
})

describe('upstreamWords', () => {
  it.each([
    [
      new UpstreamError('no-endpoint', 'lcd-a time-out, lcd-b 502'),
      'I could not ask: lcd-a time-out, lcd-b 502. Try again in a while.',
    ],
    [
      new UpstreamError('rate-limited', 'a.example: 429.', {
        endpoint: 'a.example',
        retryAfterMs: 90_000,
      }),
      'I could not ask a.example: 429. Try again in 90 s.',
    ],
    [
      new UpstreamError('body', '<html>@everyone https://evil', {
        endpoint: 'a.example',
        retryable: false,
      }),
      'I could not ask a.example: \\<html\\>\\@everyone https\\:\\/\\/evil.',
    ],
    [new UpstreamError('http', '', { retryable: false }), 'I could not ask: http.'],
  ])('%s', (error, words) => {
    expect(upstreamWords(error)).toBe(words)
  })
})
