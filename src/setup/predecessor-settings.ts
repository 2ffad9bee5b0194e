// The predecessor's config.py, setting by setting: secrets, server, roles, thresholds, schedule.

import type { ConfigInput } from '../config/schema.ts'
import { SNOWFLAKE } from '../kernel/snowflake.ts'
import type { ImportReport } from './plan.ts'
import { decimalOf, itemsOf, type PySetting, type PySources, stringOf } from './py-files.ts'

type Alerts = NonNullable<ConfigInput['alerts']>

/** Its newer versions alert only when less than this is left, whatever the threshold says: 48 h, in seconds. */
const RULE_S = 172_800
const DEFAULT_WARN_AT = 0.8
const DEFAULT_CRITICAL_AT = 0.9

/**
 * Reads the settings that are not about chains; what there is to say goes into the report.
 * @param code its code, where it was found: some rules stand only there
 */
export function readSettings(
  sources: PySources,
  code: string | null,
  options: { prefix?: string },
  report: ImportReport,
) {
  const env = readSecrets(sources, report)
  const guild = sources.find('guild_id')
  const discord = { ...readGuild(guild, report), prefix: options.prefix ?? '$' }
  if (options.prefix !== undefined) {
    report.comments['discord.prefix'] = { after: "'$' when the predecessor is switched off" }
  }
  const frequency = sources.find('update_frequency')
  // Without its code: every version that knows a server has the rule, of older ones nobody can tell.
  const rule = code === null ? { quietS: guild ? RULE_S : null, share: null } : ruleOf(code)
  const alerts = { ...readMention(sources, report), ...readThreshold(sources, rule, report) }
  return { env, discord, alerts, schedule: readSchedule(frequency, code, report) }
}

function readSecrets(sources: PySources, report: ImportReport): Record<string, string> {
  const env: Record<string, string> = {}
  const secret = (names: string[], variable: string, shape: RegExp, what: string) => {
    const found = sources.find(...names)
    const text = stringOf(found?.value)?.trim().replace(/\/+$/, '') ?? ''
    if (found && shape.test(text)) {
      env[variable] = text
      report.brought(`${what} → ${variable} in .env`)
    } else if (!found || text === '') {
      report.left(`${what}: none is set there; put ${variable} into .env`)
    } else {
      report.left(`${found.where}: \`${found.name}\` does not look like ${what} (not shown here)`)
    }
  }
  secret(['bot_token'], 'DISCORD_TOKEN', /^[\w.-]{20,}$/, 'the bot token')
  secret(
    ['discord_webhook'],
    'DISCORD_WEBHOOK_URL',
    /^https?:\/\/[\w.:/-]+\/webhooks\/\d+\/[\w-]+(\?thread_id=\d+)?$/,
    'the webhook URL',
  )
  return env
}

function readGuild(found: PySetting | null, report: ImportReport): { guildId?: string } {
  const id = found && (stringOf(found.value)?.trim() ?? decimalOf(found.value))
  if (!found || !id) return {}
  if (!SNOWFLAKE.test(id)) {
    report.left(`${found.where}: \`guild_id\` is not the id of a Discord server`)
    return {}
  }
  report.brought(`the server ${id}`)
  return { guildId: id }
}

/** The mentions in a text such as `<@&1> <@2>`, each once, and what of the text was none. */
export function mentionsIn(text: string): { mentions: string[]; rest: string } {
  const pattern = /<@(&|!)?(\d{15,21})>/g
  const mentions = [...text.matchAll(pattern)].map(([, mark, id]) => `<@${mark === '&' ? '&' : ''}${id}>`)
  const rest = text.replace(pattern, ' ').replace(/[\s,]+/g, ' ')
  return { mentions: [...new Set(mentions)], rest: rest.trim() }
}

function readMention(sources: PySources, report: ImportReport): Pick<Alerts, 'mention'> {
  const found = sources.find('role_id')
  const text =
    found &&
    (itemsOf(found.value) ?? [found.value]).map((item) => stringOf(item) ?? decimalOf(item) ?? '').join(' ')
  const { mentions, rest } = mentionsIn(text ?? '')
  if (rest !== '') {
    report.left(
      `${found!.where}: what stands in \`role_id\` is not a mention such as <@&ROLE ID> or <@USER ID>`,
    )
  }
  if (mentions.length === 0) {
    const why = rest === '' ? 'no role is set' : 'what is set is no mention'
    report.changed(`alerts tag nobody: ${why} (alerts.mention)`)
    return { mention: [] }
  }
  report.brought(`alerts tag ${mentions.join(' ')}`)
  return { mention: mentions }
}

interface Rule {
  /** No alert while more seconds than this are left; null: the share alone decides. */
  quietS: number | null
  /** The share, where the code has it as a number. */
  share: string | null
}

/** `delta > trusting_period * 0.75 and trusting_period-delta < 172800`, or `(trusting_period - delta) / 3600 < 48` */
function ruleOf(text: string): Rule {
  const code = withoutComments(text)
  const share = /\bdelta\s*>=?\s*\(?\s*trusting_period\s*\*\s*(\d*\.?\d+)/.exec(code)?.[1] ?? null
  const left = new RegExp(
    `\\btrusting_period\\s*-\\s*delta\\s*\\)?(?:\\s*/\\s*(${PRODUCT}))?\\s*<=?\\s*(${PRODUCT})`,
  ).exec(code)
  return { quietS: left && product(left[1] ?? '1') * product(left[2]!), share }
}

/** `48 * 3_600` */
const PRODUCT = '\\d[\\d_]*(?:\\s*\\*\\s*\\d[\\d_]*)*'

const withoutComments = (code: string) => code.replace(/#.*$/gm, '')

const product = (text: string): number =>
  text.split('*').reduce((all, factor) => all * Number(factor.replaceAll('_', '')), 1)

function readThreshold(sources: PySources, rule: Rule, report: ImportReport): Partial<Alerts> {
  const found = sources.find('expiry_alert_threshold', 'alert_threshold')
  const share = found ? Number(decimalOf(found.value) ?? Number.NaN) : Number(rule.share ?? DEFAULT_WARN_AT)
  const fits = share > 0 && share < 1
  const what = found ? `${found.where}: \`${found.name}\`` : 'the threshold in its code'
  if (!fits) report.left(`${what} is not a share between 0 and 1; ${DEFAULT_WARN_AT} is used`)
  const otherwise = `${percent(DEFAULT_WARN_AT)} is used`
  if (!found && rule.share === null)
    report.changed(`no threshold is set there (\`expiry_alert_threshold\`): ${otherwise}`)
  const warnAt = fits ? share : DEFAULT_WARN_AT
  // Critical comes after the warning: where the warning was late, halfway between it and the end.
  const criticalAt = warnAt < DEFAULT_CRITICAL_AT ? DEFAULT_CRITICAL_AT : rounded((1 + warnAt) / 2)
  report.comments['alerts.warnAt'] = { after: 'share of the trusting period since the last update' }
  report.comments['alerts.criticalAt'] = { after: 'new: said again, louder' }
  const quiet = rule.quietS && (rule.quietS % 3600 === 0 ? `${rule.quietS / 3600}h` : `${rule.quietS}s`)
  const after = "the predecessor's rule: no warning while more than this is left (critical is never silenced)"
  if (quiet) report.comments['alerts.quietWhileLeft'] = { after }
  const until = quiet ? `quiet while more than ${quiet} are left` : 'however much is left'
  report.brought(`the thresholds: warning from ${percent(warnAt)} of the trusting period, ${until}`)
  report.changed(
    `also critical from ${percent(criticalAt)}, expired and frozen: the predecessor said nothing of these`,
  )
  return { warnAt, criticalAt, ...(quiet && { quietWhileLeft: quiet }) }
}

/** Without the dust of binary fractions, where that does not change the meaning. */
function rounded(share: number): number {
  const short = Number(share.toFixed(6))
  return short < 1 ? short : share
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(4))} %`
}

/** The pause between two sweeps is the longest in the code, `await asyncio.sleep(7200)`; in hours, null for none. */
function pauseOf(code: string): number | null {
  const pauses = withoutComments(code).matchAll(new RegExp(`\\bsleep\\(\\s*(${PRODUCT})\\s*\\)`, 'g'))
  let longestS = 0
  for (const [, seconds] of pauses) longestS = Math.max(longestS, product(seconds!))
  return longestS >= 60 ? longestS / 3600 : null
}

function readSchedule(
  found: PySetting | null,
  code: string | null,
  report: ImportReport,
): { clients?: string } {
  const hours = found ? Number(decimalOf(found.value) ?? Number.NaN) : pauseOf(code ?? '')
  if (hours === null) {
    report.changed(
      'clients are read every 10 minutes (`schedule.clients`): its files do not say how often they were',
    )
    return {}
  }
  if (!(hours > 0)) {
    report.left(`${found!.where}: \`update_frequency\` is not a number of hours; every 10 minutes then`)
    return {}
  }
  report.comments['schedule.clients'] = {
    before: [
      `Every ${hours} h, as before. It may be much shorter: a sweep asks again only what can have changed, each`,
      "endpoint no faster than it likes. '*/10 * * * *' shows new, frozen and recovered clients, and chains that",
      'cannot be read, within minutes. Deadlines are watched to the minute either way.',
    ],
  }
  report.brought(
    `the update frequency, every ${hours} h; shorter is cheap here: schedule.clients '*/10 * * * *' is the default`,
  )
  return { clients: cronEvery(hours) }
}

/** A cron expression that comes at least every so many hours. */
export function cronEvery(hours: number): string {
  const minutes = Math.max(1, Math.floor(hours * 60))
  if (minutes < 60) return minutes === 1 ? '* * * * *' : `*/${minutes} * * * *`
  const whole = Math.floor(minutes / 60)
  if (whole >= 24) return '0 0 * * *'
  return whole === 1 ? '0 * * * *' : `0 */${whole} * * *`
}
