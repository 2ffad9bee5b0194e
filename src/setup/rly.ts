// The plan from a config.yaml of the Go relayer (rly): its chains, and its paths as `mine`.
import { parse, YAMLParseError } from 'yaml'
import { z } from 'zod'
import { UsageError } from '../kernel/errors.ts'
import { SyntaxProblem } from '../words/syntax.ts'
import { readKeyList } from './key-list.ts'
import { type Imported, ImportReport } from './plan.ts'
import { planFromRelayer, type RegistryDeps, type RelayerChain } from './relayer-chains.ts'

const chainSchema = z.object({
  type: z.string().optional(),
  value: z.object({
    'chain-id': z.coerce.string().min(1).max(64),
    key: z.string().nullish(),
    'account-prefix': z.string().nullish(),
    'gas-prices': z.string().nullish(),
  }),
})

const endSchema = z.object({
  'chain-id': z.coerce.string().min(1),
  'client-id': z.string().nullish(),
  'connection-id': z.string().nullish(),
})
const pathSchema = z.object({ src: endSchema, dst: endSchema })

const fileSchema = z.object({
  chains: z.record(z.string(), z.unknown()).nullish(),
  paths: z.record(z.string(), z.unknown()).nullish(),
})

/**
 * Makes the plan.
 * @param keyList what `rly keys list` printed, where it was handed in
 * @throws {UsageError} when the text is not YAML, or no configuration of rly
 */
export async function planFromRly(
  text: string,
  registry: RegistryDeps,
  options: { prefix?: string; keyList?: string } = {},
): Promise<Imported> {
  const report = new ImportReport()
  const file = readFile(text)
  const chains = new Map<string, RelayerChain>()
  for (const [name, raw] of Object.entries(file.chains ?? {})) {
    const read = chainSchema.safeParse(raw)
    if (!read.success) {
      const { path, message } = read.error.issues[0]!
      report.left(`chains.${name}.${path.join('.')}: ${message}`)
      continue
    }
    const { type = 'cosmos', value } = read.data
    if (type !== 'cosmos') {
      report.left(`chains.${name}: a ${type} chain has no Cosmos REST API to read`)
      continue
    }
    chains.set(value['chain-id'], {
      ...emptyChain(value['chain-id']),
      prefix: value['account-prefix'] ?? null,
      keyName: value.key ?? null,
      feeDenom: /^[\d.]+([a-zA-Z][\w/:.-]*)/.exec(value['gas-prices'] ?? '')?.[1] ?? null,
    })
  }
  for (const [name, raw] of Object.entries(file.paths ?? {})) readPath(name, raw, chains, report)
  const keys = readKeyList(options.keyList ?? '', [...chains.keys()])
  return planFromRelayer('the configuration of rly', [...chains.values()], keys, registry, options, report)
}

function emptyChain(chainId: string): RelayerChain {
  return { chainId, prefix: null, keyName: null, feeDenom: null, mine: [], isNarrow: false, remarks: [] }
}

function readFile(text: string): z.output<typeof fileSchema> {
  let yaml: unknown
  try {
    // Aliases are not expanded without end: a small file must not become a large one.
    yaml = parse(text, { maxAliasCount: 100, logLevel: 'error' })
  } catch (error) {
    throw new UsageError(`This is not a configuration of rly: ${yamlProblem(error)}`)
  }
  const read = fileSchema.safeParse(yaml)
  if (!read.success)
    throw new UsageError('This is not a configuration of rly: `chains` and `paths` are not tables.')
  return read.data
}

/** In the words of the parser's code: its message may repeat the file. */
function yamlProblem(error: unknown): string {
  if (!(error instanceof YAMLParseError)) return 'an alias in it cannot be resolved'
  const place = error.linePos?.[0]
  const reason = error.code.toLowerCase().replaceAll('_', ' ')
  return new SyntaxProblem(place ? { line: place.line, column: place.col } : null, reason).message
}

/** Both ends of a path are relayed: their connections and clients are `mine`. */
function readPath(name: string, raw: unknown, chains: Map<string, RelayerChain>, report: ImportReport): void {
  const read = pathSchema.safeParse(raw)
  if (!read.success) {
    const { path, message } = read.error.issues[0]!
    report.left(`paths.${name}.${path.join('.')}: ${message}`)
    return
  }
  const { src, dst } = read.data
  for (const [end, far] of [
    [src, dst],
    [dst, src],
  ] as const) {
    const chainId = end['chain-id']
    const chain = chains.get(chainId) ?? emptyChain(chainId)
    chains.set(chainId, chain)
    const ids = [end['connection-id'], end['client-id']].filter((id): id is string =>
      /^[\w.+#[\]<>-]+-\d+$/.test(id ?? ''),
    )
    for (const id of ids) if (!chain.mine.includes(id)) chain.mine.push(id)
    if (ids.length > 0) chain.remarks.push(`path ${name}: ${ids.join(', ')} to ${far['chain-id']}`)
    else report.left(`paths.${name}: it names no connection and no client on ${chainId}`)
  }
}
