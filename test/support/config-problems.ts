// A configuration’s problems, as they are told.
import { expect } from 'vitest'
import { settingsOf } from '../../src/config/index.ts'
import { UsageError } from '../../src/kernel/errors.ts'

export const chain = { chainId: 'osmo-test-5', rest: ['https://lcd.example'] }

export async function problemsOf(input: unknown): Promise<string> {
  try {
    await settingsOf(input)
    return ''
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as Error).message
  }
}
