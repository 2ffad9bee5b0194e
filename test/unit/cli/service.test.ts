// What systemd says of the installed service, as `doctor --service` reads it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { serviceOf } from '../../../src/cli/service.ts'

const folder = mkdtempSync(join(tmpdir(), 'service-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const exec = (more: string) =>
  `ExecStart={ path=/usr/bin/node ; argv[]=/usr/bin/node /opt/x/src/bin.js start ${more} ; ignore_errors=no ; pid=0 }`

it('takes configuration and data from its command, secrets as systemd reads them, and nothing of the shell', () => {
  const file = join(folder, 'ibc-monitor.env')
  writeFileSync(file, "DISCORD_TOKEN='a#b' \nLOG_LEVEL=debug # a note\n")
  const shown = [
    exec('--config /etc/x/config.ts --data=/srv/monitor'),
    'Environment=NODE_ENV=production "NOTE=two words" LOG_LEVEL=info',
    `EnvironmentFiles=${file} (ignore_errors=yes)`,
    'EnvironmentFiles=/nowhere/at/all.env (ignore_errors=yes)',
  ].join('\n')
  const written = '[Service]\n#LoadCredential=NO:/no\nLoadCredential=FAUCET_TOKEN:/etc/x/%i/faucet\n'
  const env = { PATH: '/bin', DISCORD_TOKEN: 'the shell’s', DISCORD_WEBHOOK_URL: 'too' }
  expect(serviceOf(written, shown, { unit: 'ibc-monitor@b', name: 'b', env })).toEqual({
    config: '/etc/x/config.ts',
    data: '/srv/monitor',
    env: {
      PATH: '/bin',
      NODE_ENV: 'production',
      NOTE: 'two words',
      LOG_LEVEL: 'debug # a note',
      DISCORD_TOKEN: 'a#b',
      FAUCET_TOKEN_FILE: '/etc/x/b/faucet',
    },
  })
})

it('says which of it cannot be found or read', () => {
  const of = (shown: string) => () => serviceOf('', shown, { unit: 'ibc-monitor', name: null, env: {} })
  expect(of(exec(''))).toThrow(/names no --config and --data/)
  const ours = exec('--config /etc/x/config.ts --data /srv/monitor')
  expect(of(`${ours}\nEnvironmentFiles=/nowhere.env (ignore_errors=no)`)).toThrow(/ENOENT.*Use sudo/)
  expect(of(`${ours}\nEnvironmentFiles=${folder} (ignore_errors=yes)`)).toThrow(/Use sudo/)
})
