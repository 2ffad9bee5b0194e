// What the doctor says of `ops`: secrets by name, a port that is free, the bot's own, or another program's.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { lookAtOps } from '../../../../src/cli/doctor/ops.ts'
import { opsSchema } from '../../../../src/ops/settings.ts'
import { PID_FILE } from '../../../../src/storage/database.ts'

const data = mkdtempSync(join(tmpdir(), 'ibc-monitor-'))
afterAll(() => rmSync(data, { recursive: true }))

const look = async (input: unknown, secrets = {}) => {
  const found = await lookAtOps({ ops: opsSchema.parse(input) } as never, secrets, data)
  return found.map(({ level, subject, text }) => `${level} ${subject}: ${text}`)
}

it('nothing where nothing is configured', async () => expect(await look({})).toEqual([]))

it('secrets that are missing or none, by their name', async () => {
  const ping = { secret: 'PING_URL' }
  expect(await look({ ping })).toEqual([
    expect.stringMatching(/^wrong ops\.ping\.secret: PING_URL is not set/),
  ])
  expect(await look({ ping }, { PING_URL: 'uuid-alone' })).toEqual([
    'wrong ops.ping.secret: PING_URL is not a URL that begins with https:// or http://',
  ])
  expect(await look({ ping }, { PING_URL: 'https://hc-ping.com/x' })).toEqual([
    'ok ops.ping: the address in PING_URL is one; it was not called',
  ])
})

it('whose port it is', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((listening) => taken.once('listening', listening))
  const { port } = taken.address() as AddressInfo
  const listen = `127.0.0.1:${port}`
  expect(await look({ listen })).toEqual([`wrong ops.listen: another program uses port ${port} of 127.0.0.1`])
  writeFileSync(join(data, PID_FILE), `${process.pid}\n`)
  expect(await look({ listen })).toEqual([
    `ok ops.listen: 127.0.0.1 port ${port} is taken, and the bot runs (process ${process.pid})`,
  ])
  await new Promise((done) => taken.close(done))
  expect(await look({ listen })).toEqual([`ok ops.listen: 127.0.0.1 port ${port} is free`])
  const elsewhere = await look({ listen: '192.0.2.1:9464', token: 'TOKEN' }, { TOKEN: '0123456789abcdef' })
  expect(elsewhere).toEqual(['wrong ops.listen: 192.0.2.1 port 9464 cannot be listened on (EADDRNOTAVAIL)'])
})
