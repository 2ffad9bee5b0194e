// The reader of Python literals: what it understands, what it leaves alone, and that no text makes it run or hang.
import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plainDecimal } from '../../../src/setup/py-files.ts'
import { type PyValue, readPython } from '../../../src/setup/python.ts'

/** A value as plain JavaScript: numbers as `{ n: digits }`, tuples and sets with their kind. */
function plain(value: PyValue | undefined): unknown {
  if (value === undefined) return undefined
  if (value.kind === 'string' || value.kind === 'constant') return value.value
  if (value.kind === 'number') return { n: value.text }
  if (value.kind === 'dict') return { dict: value.entries.map(([key, item]) => [plain(key), plain(item)]) }
  const items = value.items.map(plain)
  return value.kind === 'list' ? items : { [value.kind]: items }
}

const read = (source: string) => plain(readPython(`x = ${source}`).values.get('x'))

describe('literals', () => {
  test.each([
    [`'a'`, 'a'],
    [`"it's"`, "it's"],
    [`'''a\n'b' "c"'''`, `a\n'b' "c"`],
    [`"""a\\\nb"""`, 'ab'],
    [`'\\'\\"\\\\\\n\\t\\r\\x41\\u00e9\\U0001F600\\101\\0'`, '\'"\\\n\t\rAé😀A\0'],
    [`'\\d'`, '\\d'],
    [`r'\\d\\''`, "\\d\\'"],
    [`u'a' "b" \\\n 'c'`, 'abc'],
    [`f'plain'`, 'plain'],
    [`('a'\n 'b')`, 'ab'],
    ['972778865355272194', { n: '972778865355272194' }],
    ['1_000', { n: '1000' }],
    ['0x1F', { n: '31' }],
    ['0.80', { n: '0.80' }],
    ['-1.5e-3', { n: '-1.5e-3' }],
    ['.5', { n: '.5' }],
    ['True', true],
    ['None', null],
    ['[]', []],
    [`['a', "b",]  # comment ] with 'quotes'`, ['a', 'b']],
    ['()', { tuple: [] }],
    ['(1,)', { tuple: [{ n: '1' }] }],
    ['1, 2', { tuple: [{ n: '1' }, { n: '2' }] }],
    [`{'a', 'b'}`, { set: ['a', 'b'] }],
    ['{}', { dict: [] }],
    [
      `{'a': [1, (2, None)],\n\n # x\n 'b': {},\n}`,
      {
        dict: [
          ['a', [{ n: '1' }, { tuple: [{ n: '2' }, null] }]],
          ['b', { dict: [] }],
        ],
      },
    ],
  ])('%s', (source, value) => {
    expect(read(source)).toEqual(value)
  })

  test('names, annotations, chains, semicolons, CRLF and a byte order mark; the last assignment counts', () => {
    const file = readPython("\uFEFFa = 1\r\nb: str = 'x'\r\nc = d = [\r\n  2]; e = 3\r\na = 4 # new\r\n")
    expect(Object.fromEntries([...file.values].map(([name, value]) => [name, plain(value)]))).toEqual({
      a: { n: '4' },
      b: 'x',
      c: [{ n: '2' }],
      d: [{ n: '2' }],
      e: { n: '3' },
    })
    expect(file.skipped).toEqual([])
    expect([...file.values].map(([name, { line }]) => `${name}:${line}`)).toEqual([
      'a:5',
      'b:2',
      'c:3',
      'd:3',
      'e:4',
    ])
  })

  test('lines inside of multi-line values are known', () => {
    const value = readPython("x = {\n  'a': '''1\n2''',\n  'b': [\n 3]}").values.get('x')
    expect(value?.kind === 'dict' && value.entries.map(([key, item]) => [key.line, item.line])).toEqual([
      [2, 2],
      [4, 4],
    ])
  })
})

const withoutLines = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (key, one) => (key === 'line' ? 0 : one)))

describe('what is no literal is left alone and reported', () => {
  test.each([
    [`bot_token = os.environ['T']`, 1, 'bot_token', 'is worked out by code'],
    [`\nx = f'{y}'`, 2, 'x', 'is a template (an f-string) or bytes'],
    [`x = rt'{y}'`, 1, 'x', 'is a template (an f-string) or bytes'],
    [`x = b'y'`, 1, 'x', 'is a template (an f-string) or bytes'],
    [`x = 'abc`, 1, 'x', 'has a string that does not end'],
    [`x = '''abc\n\n`, 1, 'x', 'has a string that does not end'],
    [`x =`, 1, 'x', 'breaks off: a bracket or a value is missing'],
    [`x = {1, 2: 3}`, 1, 'x', 'mixes a dict and a set'],
    [`x = 2 * 3`, 1, 'x', 'has `*` where it does not belong'],
    [`x = 12j`, 1, 'x', 'has a number that is none'],
    [`x = 007`, 1, 'x', 'has a number that is none'],
    [`x = '\\xZZ'`, 1, 'x', 'has an escape \\x without its 2 digits'],
    [`x.append(1)`, 1, 'x', 'is code'],
    [`x['a'] = 1`, 1, 'x', 'is code'],
    [`from config import *`, 1, 'from', 'is code'],
    [`(a) = 1`, 1, null, 'is code'],
  ])('%s', (source, line, name, reason) => {
    const file = readPython(source)
    expect(file.skipped).toEqual([{ line, name, reason }])
    expect(file.values.size).toBe(0)
  })

  const REST = ', and what follows there is lost'
  test.each([
    ["x = ['a', os.environ['T'], 'c']", "['a', None, 'c']", 'is worked out by code'],
    ["x = ['a', f'{y}', 'c']", "['a', None, 'c']", 'is a template (an f-string) or bytes'],
    ["x = ['a', 'b' + C(1, 2), 'c']", "['a', None, 'c']", 'has `+` where it does not belong'],
    ['x = [y for y in z]', '[None]', 'is worked out by code'],
    ["x = {'a': 1, B: 2, 'c': 4 * 3}", "{'a': 1, 'c': None}", 'is worked out by code'],
    ["x = {**B, 'c': 3}", "{'c': 3}", 'has `*` where it does not belong'],
    ["x = [{'a' 'b', 'c': 1}, 2]", '[None, 2]', 'mixes a dict and a set'],
    ["x = [{'a': 1} {'b': 2}]", "[{'a': 1}, {'b': 2}]", 'lacks a comma'],
    ['x = [1, 2', '[1, 2]', 'has a `[` that is never closed'],
    ['x = {1: 2,', '{1: 2}', 'has a `{` that is never closed'],
    ["x = {'a': [1], 'b': ['c", "{'a': [1], 'b': [None]}", `has a string that does not end${REST}`],
    ['x = [1, 2\ny = 3', '[1, None]', `is worked out by code${REST}`],
  ])('inside of brackets it costs its own item: %s', (source, read, reason) => {
    const file = readPython(source)
    expect(file.skipped[0]).toMatchObject({ name: 'x', reason })
    expect(withoutLines(file.values.get('x'))).toEqual(
      withoutLines(readPython(`x = ${read}`).values.get('x')),
    )
  })

  test('is nested too deeply', () => {
    const { skipped } = readPython(`x = ${'['.repeat(1000)}${']'.repeat(1000)}`)
    expect(skipped).toEqual([{ line: 1, name: 'x', reason: 'is nested too deeply' }])
  })

  test('a name that stands for a literal is that literal', () => {
    const { values, skipped } = readPython("A = 'a'\nB = [A, 1]\nx = {A: B, 'n': n}\nn = 2")
    expect(skipped).toEqual([{ line: 3, name: 'x', reason: 'is worked out by code' }])
    const read = readPython("x = {'a': ['a', 1], 'n': None}").values.get('x')
    expect(withoutLines(values.get('x'))).toEqual(withoutLines(read))
  })

  test('docstrings, comments and what is inside of blocks are no settings', () => {
    const file = readPython(
      `"""\nx = 1\n"""\n# x = 2\ndef f():\n    x = 3\n    return x\nif True:\n  x = 4\ny = 5\n  z = 6\n`,
    )
    expect([...file.values.keys()]).toEqual(['y', 'z'])
    expect(file.skipped.map(({ line }) => line)).toEqual([5, 8])
  })

  test('a name that is worked out later is no longer known', () => {
    const file = readPython(`x = 'a'\nx = open('b').read()`)
    expect(file.values.has('x')).toBe(false)
  })

  test('nothing is executed', () => {
    const before = Object.keys(globalThis).length
    readPython(
      `__import__('os').system('exit')\nx = __import__('os')\nglobalThis.hacked = 1\nx = [process.exit(1)]`,
    )
    expect(Object.keys(globalThis).length).toBe(before)
  })
})

/** A Python literal and the JSON that Python's own reader gives for it. */
const literal = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom('True', 'None', '0x_ff', '1_0', '.5', '1e3', '-7', '0'),
    fc.integer().map(String),
    fc
      .tuple(
        fc.constantFrom('', 'r', 'u'),
        fc.constantFrom("'", '"', "'''", '"""'),
        fc.string({ maxLength: 12 }),
      )
      .map(
        ([prefix, quote, text]) =>
          `${prefix}${quote}${text.replace(/['"\\]/g, prefix === 'r' ? '_' : '\\$&')}${quote}`,
      ),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
    fc.array(tie('value'), { minLength: 2, maxLength: 3 }).map((items) => `(\n${items.join(' ,\n# c\n')},)`),
    fc
      .array(fc.tuple(fc.integer().map(String), tie('value')), { maxLength: 3 })
      .map((entries) => `{${entries.map(([key, item]) => `${key}:${item}`).join(',')}}`),
  ),
})).value

const ORACLE = `
import ast, json, sys
def plain(v):
    if v is None or isinstance(v, (bool, str)): return v
    if isinstance(v, (int, float)): return {'n': float(v)}
    if isinstance(v, tuple): return {'tuple': [plain(i) for i in v]}
    if isinstance(v, list): return [plain(i) for i in v]
    return {'dict': [[plain(k), plain(i)] for k, i in v.items()]}
print(json.dumps([plain(ast.literal_eval(s)) for s in json.load(sys.stdin)]))
`

/** As the oracle shows values: numbers as doubles, the last of equal keys of a dict. */
function asOracle(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asOracle)
  if (value === null || typeof value !== 'object') return value
  const one = value as { n?: string; tuple?: unknown[]; dict?: [unknown, unknown][] }
  if (one.n !== undefined) return { n: Number(one.n) }
  if (one.tuple) return { tuple: one.tuple.map(asOracle) }
  const entries = new Map(one.dict!.map(([key, item]) => [JSON.stringify(asOracle(key)), asOracle(item)]))
  return { dict: [...entries].map(([key, item]) => [JSON.parse(key), item]) }
}

const python = spawnSync('python3', ['--version']).status === 0

test.skipIf(!python)('reads literals as Python itself does', () => {
  const sources = fc
    .sample(literal, { numRuns: 1000, seed: 7 })
    .filter((source) => !/[^\P{C}\n]/u.test(source))
  expect(sources.length).toBeGreaterThan(900)
  const answer = spawnSync('python3', ['-c', ORACLE], { input: JSON.stringify(sources), encoding: 'utf8' })
  expect(answer.stderr).toBe('')
  const wanted = JSON.parse(answer.stdout) as unknown[]
  for (const [i, source] of sources.entries()) expect(asOracle(read(source)), source).toEqual(wanted[i])
})

describe('no text crashes or hangs it', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(
        'x = ',
        '[',
        ']',
        '{',
        '}',
        '(',
        ')',
        "'",
        '"',
        "'''",
        '"""',
        '\\',
        '\n',
        '#',
        ':',
        ',',
        '=',
        ';',
      ),
      fc.constantFrom(
        '1',
        '0x',
        '1e',
        '.',
        '-',
        'None',
        'def f():',
        '  ',
        'r"',
        'f"{',
        '\\N{',
        '\\x',
        '\r',
        '\uFEFF',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 60 },
  )

  test('any text', () => {
    fc.assert(
      fc.property(pieces, (parts) => {
        const source = parts.join('')
        const lines = source.split(/\r\n|\r|\n/).length
        const file = readPython(source)
        for (const { line } of [...file.values.values(), ...file.skipped]) {
          expect(line).toBeGreaterThanOrEqual(1)
          expect(line).toBeLessThanOrEqual(lines)
        }
      }),
      { numRuns: 3000 },
    )
  })

  test.each([
    ['brackets', '['],
    ['quotes', `"`],
    ['open strings', `x = '''a`],
    ['backslashes', `'\\`],
    ['digits', '9'],
    ['points', '1.'],
    ['names', 'a = '],
    ['spaces', ' '],
    ['comments', '#'],
    ['items', `'a', `],
    ['items that are no literals', '[a],'],
    ['lines', "x = 'a\n"],
    ['escapes', '\\N{'],
    ['continuations', '\\\n'],
    ['semicolons', 'x=1;'],
  ])('a megabyte of %s takes linear time', (_, piece) => {
    const source = `x = ${piece.repeat(2 ** 20 / piece.length)}`
    // Of this process alone, however busy the machine is; what is not linear takes hours.
    const started = process.cpuUsage()
    readPython(source)
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(10_000)
  })
})

test.each([
  ['1', '1'],
  ['0.50', '0.5'],
  ['1e3', '1000'],
  ['1.5E-3', '0.0015'],
  ['-.5', '-0.5'],
  ['5.', '5'],
  ['1e-101', null],
  ['nan', null],
])('%s as a plain decimal: %s', (text, want) => {
  expect(plainDecimal(text)).toBe(want)
})
