// What Discord accepts as application commands: names, lengths, order of options, choices.
import { z } from 'zod'
import { DiscordError } from './errors.ts'
import { find, lengthOf, parseForm, sized } from './form.ts'
import type { CommandOption } from './types.ts'

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u
const MOST_COMMANDS = 100
const MOST_CHARACTERS = 8000
const SUBCOMMAND_TYPES = [1, 2]
const CHOICE_TYPES = [3, 4, 10]

const name = sized(1, 32).superRefine((value, ctx) => {
  if (NAME.test(value) && value === value.toLowerCase()) return
  find(ctx, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid')
})

const choice = z.object({ name: sized(1, 100), value: z.union([sized(0, 100), z.number()]) })

const optionShape = {
  type: z.int().min(1).max(11),
  name,
  description: sized(1, 100),
  required: z.boolean().nullish(),
  autocomplete: z.boolean().nullish(),
  choices: z.array(choice).max(25).nullish(),
  min_value: z.number().nullish(),
  max_value: z.number().nullish(),
  min_length: z.int().min(0).max(6000).nullish(),
  max_length: z.int().min(1).max(6000).nullish(),
}

const option: z.ZodType<CommandOption> = z
  .object({
    ...optionShape,
    get options() {
      return options.nullish()
    },
  })
  .superRefine((one, ctx) => {
    const { choices } = one
    if (choices?.length && one.autocomplete) {
      const message = 'Choices and autocomplete are mutually exclusive'
      find(ctx, 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE', message, ['autocomplete'])
    }
    if ((choices?.length || one.autocomplete) && !CHOICE_TYPES.includes(one.type)) {
      find(ctx, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', 'This option type does not support choices')
    }
    const seen = new Set<string>()
    for (const [index, each] of (choices ?? []).entries()) {
      if ((typeof each.value === 'string') !== (one.type === 3)) {
        const wanted = one.type === 3 ? 'STRING_TYPE_CONVERT' : 'NUMBER_TYPE_COERCE'
        find(ctx, wanted, `Value "${each.value}" has the wrong type.`, ['choices', index, 'value'])
      }
      if (seen.has(each.name)) {
        const message = 'Option choice name already exists'
        find(ctx, 'APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS', message, ['choices', index])
      }
      seen.add(each.name)
    }
  })

const options: z.ZodType<CommandOption[]> = z
  .array(option)
  .max(25)
  .superRefine((list, ctx) => {
    const seen = new Set<string>()
    const nested = list.filter((one) => SUBCOMMAND_TYPES.includes(one.type)).length
    if (nested > 0 && nested < list.length) {
      const message =
        'Sub-command and sub-command group option types are mutually exclusive to all other types'
      find(ctx, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message)
    }
    let optionalSeen = false
    for (const [index, one] of list.entries()) {
      if (seen.has(one.name)) {
        find(ctx, 'APPLICATION_COMMAND_OPTIONS_NAME_INVALID', 'Option names must be unique', [index])
      }
      seen.add(one.name)
      if (one.required && optionalSeen) {
        const message = 'Required options must be placed before non-required options'
        find(ctx, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message, [index])
      }
      if (!one.required) optionalSeen = true
    }
  })

const command = z.object({
  type: z.literal(1).nullish(),
  name,
  description: sized(1, 100),
  options: options.nullish(),
  default_member_permissions: z.union([z.string().regex(/^\d+$/), z.int().min(0)]).nullish(),
  dm_permission: z.boolean().nullish(),
  name_localizations: z.record(z.string(), sized(1, 32)).nullish(),
  description_localizations: z.record(z.string(), sized(1, 100)).nullish(),
  contexts: z.array(z.int().min(0).max(2)).nullish(),
  integration_types: z.array(z.int().min(0).max(1)).nullish(),
  nsfw: z.boolean().nullish(),
})

const bulk = z.array(command).superRefine((list, ctx) => {
  const seen = new Set<string>()
  for (const [index, one] of list.entries()) {
    if (seen.has(one.name)) {
      find(ctx, 'APPLICATION_COMMANDS_DUPLICATE_NAME', 'Application command names must be unique', [index])
    }
    seen.add(one.name)
    if (characters(one as CommandOption) > MOST_CHARACTERS) {
      const message = `Command exceeds maximum size (${MOST_CHARACTERS})`
      find(ctx, 'APPLICATION_COMMAND_TOO_LARGE', message, [index])
    }
  }
})

/** A command that passed. */
export type CommandBody = z.infer<typeof command>

/**
 * Checks the body of a bulk overwrite (slash commands only).
 * @throws {DiscordError} 50035, 30032 (more than 100)
 */
export function parseCommands(body: unknown): CommandBody[] {
  if (Array.isArray(body) && body.length > MOST_COMMANDS) {
    throw new DiscordError(400, 30032, `Maximum number of application commands reached (${MOST_COMMANDS}).`)
  }
  return parseForm(bulk, body ?? [])
}

function characters(one: CommandOption): number {
  const own = lengthOf(one.name) + lengthOf(one.description)
  const choices = (one.choices ?? []).reduce(
    (sum, { name, value }) => sum + lengthOf(name) + lengthOf(String(value)),
    0,
  )
  return own + choices + (one.options ?? []).reduce((sum, each) => sum + characters(each), 0)
}
