// Checks requests against Discord's own description of its API (OpenAPI 3.1), which is not part of the project.
import { readFileSync } from 'node:fs'
import type { ErrorObject } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormatsModule from 'ajv-formats'
import { isSnowflake } from '../../sandbox/discord/ids.ts'
import type { SpecValidator } from '../../sandbox/discord/server.ts'

interface Operation {
  requestBody?: { required?: boolean; content?: Record<string, unknown> }
}

/** Methods whose requests are checked; a description without one of these paths is refused. */
const CHECKED = [
  ['POST', '/channels/{channel_id}/messages'],
  ['PATCH', '/channels/{channel_id}/messages/{message_id}'],
  ['POST', '/users/@me/channels'],
  ['POST', '/channels/{channel_id}/webhooks'],
  ['PATCH', '/webhooks/{webhook_id}'],
  ['POST', '/webhooks/{webhook_id}/{webhook_token}'],
  ['PATCH', '/webhooks/{webhook_id}/{webhook_token}'],
  ['PATCH', '/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}'],
  ['PATCH', '/webhooks/{webhook_id}/{webhook_token}/messages/@original'],
  ['POST', '/interactions/{interaction_id}/{interaction_token}/callback'],
  ['PUT', '/applications/{application_id}/commands'],
  ['PUT', '/applications/{application_id}/guilds/{guild_id}/commands'],
] as const

/** Requests without a body that the description needs not to know more of. */
const BODILESS = ['GET', 'DELETE']

const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default

/**
 * Reads the description and compiles a validator for the body of every operation above. A request that the
 * description does not know, or with a body where none is described, is a finding too.
 * @param file the description, from `DISCORD_OPENAPI`
 */
export function loadDiscordOpenApi(file: string): SpecValidator {
  const document = JSON.parse(readFileSync(file, 'utf8')) as {
    paths: Record<string, Record<string, Operation>>
  }
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateSchema: false })
  addFormats(ajv)
  ajv.addFormat('snowflake', { type: 'string', validate: isSnowflake })
  // A nonce is any text of up to 25 characters; the schema beside the format says so.
  ajv.addFormat('nonce', true)
  ajv.addSchema(document, 'discord')
  const validators = new Map(
    CHECKED.map(([method, path]) => {
      if (!document.paths[path]?.[method.toLowerCase()]?.requestBody) {
        throw new Error(`${file} describes no body for ${method} ${path}`)
      }
      const steps = [
        'paths',
        path,
        method.toLowerCase(),
        'requestBody',
        'content',
        'application/json',
        'schema',
      ]
      const pointer = steps.map((step) => encodeURIComponent(step.replace(/~/g, '~0').replace(/\//g, '~1')))
      return [`${method} ${path}`, ajv.compile({ $ref: `discord#/${pointer.join('/')}` })]
    }),
  )
  return ({ method, path, body }) => {
    const operation = document.paths[path]?.[method.toLowerCase()]
    if (!operation) return [`${method} ${path} is not described`]
    const validate = validators.get(`${method} ${path}`)
    if (validate) return validate(asDescribed(path, body)) ? [] : explain(validate.errors ?? [])
    if (body === undefined && !operation.requestBody?.required) return []
    return BODILESS.includes(method) && body === undefined
      ? []
      : [`no validator for the body of ${method} ${path}`]
  }
}

/**
 * The one place where the description is narrower than the API's documentation, and than what every client sends:
 * `default_member_permissions` is a bit set written as a decimal text, and described as an integer.
 */
function asDescribed(path: string, body: unknown): unknown {
  if (!path.endsWith('/commands') || !Array.isArray(body)) return body
  return body.map((command) => {
    const bits = command?.default_member_permissions
    return typeof bits === 'string' && /^\d+$/.test(bits)
      ? { ...command, default_member_permissions: Number(bits) }
      : command
  })
}

/** The findings without those that only say which other branch of a union it is not. */
function explain(errors: readonly ErrorObject[]): string[] {
  const telling = errors.filter(
    (one) => !(one.keyword === 'enum' && one.instancePath.endsWith('/type')) && one.params.type !== 'null',
  )
  const shown = telling.length > 0 ? telling : errors
  return [...new Set(shown.map((one) => `${one.instancePath || '/'} ${one.message}`))]
}
