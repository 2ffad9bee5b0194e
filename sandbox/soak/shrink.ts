// The shortest story in which a finding is still made: whole kinds of happenings are left out as long as it is.
import type { Happening, Story } from './happening.ts'
import { type Found, runStory } from './run.ts'

/** What is left out at once: beginning and end of a thing belong together. */
function sortOf(one: Happening): string {
  if (one.kind === 'endpoint' || one.kind === 'halt') return `${one.kind} ${one.chainId}`
  if (one.kind === 'resume') return `halt ${one.chainId}`
  if (one.kind === 'keeper' || one.kind === 'recover') return `keeper ${one.client}`
  if (one.kind === 'watcher')
    return `${one.who} ${one.act === 'go' ? 'stop' : one.act === 'mend' ? 'cut' : one.act === 'on' ? 'off' : one.act}`
  if (one.kind === 'off' || one.kind === 'on') return 'restart'
  return one.kind === 'odd' ? 'discord' : one.kind
}

/** Plays the story again and again, each time with less, and gives what is left. */
export async function shrink(story: Story, finding: Found): Promise<Story> {
  let small = story
  for (const sort of new Set(story.happenings.map(sortOf))) {
    const less = { ...small, happenings: small.happenings.filter((one) => sortOf(one) !== sort) }
    const { findings } = await runStory(less)
    if (findings.some(({ kind, about }) => kind === finding.kind && about === finding.about)) small = less
  }
  return small
}
