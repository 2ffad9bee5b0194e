// The systemd unit: what passes never ends the watch for good, what does not pass is not tried for ever.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const unit = readFileSync(new URL('../../../ibc-monitor.service', import.meta.url), 'utf8')
const section = (name: string) => unit.split(/^(?=\[)/m).find((text) => text.startsWith(`[${name}]`))!

it('starts again without end, not in a hurry, and not after exit code 2', () => {
  expect(section('Unit')).toMatch(/^StartLimitIntervalSec=0$/m)
  expect(section('Service')).toMatch(/^Restart=on-failure$/m)
  expect(section('Service')).toMatch(/^RestartSec=30$/m)
  expect(section('Service')).toMatch(/^RestartPreventExitStatus=2$/m)
})

it('has the configuration read again, and is watched by what it says itself', () => {
  expect(section('Service')).toMatch(/^Type=notify$/m)
  expect(section('Service')).toMatch(/^NotifyAccess=all$/m)
  expect(section('Service')).toMatch(/^WatchdogSec=60$/m)
  expect(section('Service')).toMatch(/^ExecReload=\/bin\/kill -HUP \$MAINPID$/m)
})

it('is the same for several, but for names and places', () => {
  const several = readFileSync(new URL('../../../ibc-monitor@.service', import.meta.url), 'utf8')
  const lines = (text: string) =>
    text
      .replaceAll(/^#.*\n/gm, '')
      .replaceAll('ibc-monitor/%i/', 'ibc-monitor/')
      .replaceAll('ibc-monitor-%i', 'ibc-monitor')
      .replace('ibc-monitor %i:', 'ibc-monitor:')
      .replace('failed@%i', 'failed@%n')
  expect(lines(several)).toBe(lines(unit))
})

it('npm hands its signals to the bot itself, where its shell would keep them', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))
  expect(scripts.start).toMatch(/^exec node /)
})
