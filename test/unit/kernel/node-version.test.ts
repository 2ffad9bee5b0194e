// Which Node the program accepts, and what it says to the others.
import { describe, expect, it } from 'vitest'
import { nodeProblem } from '../../../src/kernel/node-version.js'

const RANGE = '^20.19 || >=22.14'

describe('nodeProblem', () => {
  it.each(['20.19.0', '20.20.2', '22.14.0', '22.23.3', '23.0.0', '24.21.0'])('accepts %s', (version) =>
    expect(nodeProblem(version, RANGE)).toBeNull(),
  )

  it.each(['18.20.8', '20.18.3', '21.7.3', '22.13.1'])('refuses %s in one sentence', (version) =>
    expect(nodeProblem(version, RANGE)).toBe(
      `ibc-monitor needs Node 22.14 or later, or 20.19 or later of Node 20, and this is Node ${version}: install the current LTS version from https://nodejs.org.`,
    ),
  )

  it('reads what package.json says', () => {
    expect(nodeProblem(process.versions.node)).toBeNull()
    expect(nodeProblem('21.7.3')).toContain('needs Node 22.14 or later')
  })
})
