// Holds that README and docs name only what exists: every relative link, every anchor, every path of this repository.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PAGES = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
const FOLDERS = ['bench', 'docs', 'ops', 'sandbox', 'scripts', 'src', 'test']

const read = (page: string) => readFileSync(join(ROOT, page), 'utf8')

/** Targets of `[text](target)` that are not on the web. */
const links = (page: string) =>
  [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to!).filter((to) => !/^[a-z]+:/.test(to))

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-')

const anchors = (page: string) => [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, text]) => anchorOf(text!))

/** Paths below the folders of this repository, such as `src/app.ts`, wherever they stand. */
const paths = (page: string) =>
  [...read(page).matchAll(/(?<![\w./~-])[\w.-]+(?:\/[\w.-]+)+/g)]
    .map(([path]) => path.replace(/\.$/, ''))
    .filter((path) => FOLDERS.includes(path.split('/')[0]!))

test('README is short enough to be read to its end', () => {
  expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150)
})

test('README leads to every page', () => {
  expect(PAGES.slice(1).filter((page) => !links('README.md').includes(page))).toEqual([])
})

describe.each(PAGES)('%s', (page) => {
  it('links only to what exists', () => {
    const broken = links(page).filter((to) => {
      const [file, anchor] = to.split('#') as [string, string | undefined]
      const target = file === '' ? page : join(dirname(page), file)
      return !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchors(target).includes(anchor))
    })
    expect(broken).toEqual([])
  })

  it('names only paths that exist', () => {
    expect(paths(page).filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })
})

test('the paths are found: the test sees what it is about', () => {
  expect(paths('docs/reading-the-code.md')).toContain('src/alerts/life.ts')
})
