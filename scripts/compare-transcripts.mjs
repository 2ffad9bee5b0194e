// Compares transcripts of some runs before and one after (see test/support/transcript.ts): what people read, apart from what differs between any two runs.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const before = process.argv.slice(2, -1)
const after = process.argv.at(-1)
if (before.length === 0) {
  console.error(
    'usage: node scripts/compare-transcripts.mjs BEFORE... AFTER   (each made with TRANSCRIPTS=DIR npx vitest run test/e2e)',
  )
  process.exit(2)
}

/** What depends on the machine's clock or the order of its sockets. */
const OF_THIS_RUN = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z)?/g, 'TIME'],
  [/<t:\d+/g, '<t:TIME'],
  [/\b\d{16,20}\b/g, 'ID'],
  [/\b\d+(\.\d+)? ?ms\b/g, 'N ms'],
  [/\b(\d+ (second|minute)s?|just now|now)( ago)?\b/g, 'SECONDS'],
  [/\b\d+(\.\d+)? (kB|MB|KiB|MiB)\b/g, 'SIZE'],
  [/\bpid \d+|process \d+/g, 'process N'],
  [/ibc-monitor-\w{6}/g, 'ibc-monitor-DIR'],
  [/\bheight \d+|block \d+/g, 'block N'],
]

function records(directory, file) {
  let text = readFileSync(join(directory, file), 'utf8')
  for (const [pattern, word] of OF_THIS_RUN) text = text.replace(pattern, word)
  return text.split(/^(?=(?:posted|edited|removed) )/m).sort()
}

const files = (directory) => readdirSync(directory).filter((name) => name.endsWith('.txt'))
const [old, now] = [new Set(before.flatMap(files)), new Set(files(after))]
let [different, numbers] = [0, 0]
const numberless = (one) => one.replace(/\d+/g, 'N')
const sameButForNumbers = (some, all) => {
  const known = new Set(all.map(numberless))
  return some.every((one) => known.has(numberless(one)))
}
for (const file of [...new Set([...old, ...now])].sort()) {
  if (!old.has(file) || !now.has(file)) {
    console.log(`only ${old.has(file) ? 'before' : 'after'}: ${file}`)
    different++
    continue
  }
  // What one run before said is no news, and what another did not say is not missed.
  const runs = before.filter((one) => files(one).includes(file)).map((one) => records(one, file))
  const b = records(after, file)
  const a = runs.flat()
  const always = runs[0].filter((one) => runs.every((run) => run.includes(one)))
  const left = always.filter((one) => !b.includes(one))
  const come = b.filter((one) => !a.includes(one))
  if (left.length + come.length === 0) continue
  // Processes on the machine's clock: what they say is the same but for its numbers and how often it was edited.
  if (sameButForNumbers(left, b) && sameButForNumbers(come, a)) {
    numbers++
    continue
  }
  different++
  console.log(`\n== ${file}`)
  for (const one of left) console.log(one.replace(/^/gm, '- '))
  for (const one of come) console.log(one.replace(/^/gm, '+ '))
}
console.log(
  `${old.size} transcripts before, ${now.size} after, ${different} different, ${numbers} more in numbers only`,
)
process.exit(different === 0 ? 0 : 1)
