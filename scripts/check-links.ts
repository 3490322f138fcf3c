// Checks the documents: every relative link and anchor leads somewhere, and every path of the repository written as code exists.
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import GithubSlugger from 'github-slugger'

type Link = { readonly line: number; readonly target: string }

/** Every dead link of the Markdown files below `root`, as one sentence with file and line. */
export function linkProblems(root: string): string[] {
  return globSync('**/*.md', { cwd: root, exclude: name => /(^|[\\/])(node_modules|dist|\..+)$/.test(name) })
    .map(path => path.split(sep).join('/'))
    .toSorted()
    .flatMap(file => problemsOf(root, file))
}

function problemsOf(root: string, file: string): string[] {
  const prose = withoutCodeBlocks(readFileSync(join(root, file), 'utf8'))
  const dead = linksOf(prose).flatMap(({ line, target }) => {
    const problem = problemOf(root, file, target)
    return problem ? [`${file}:${line}: ${problem}`] : []
  })
  const missing = pathsOf(prose)
    .filter(({ target }) => !existsSync(join(root, target)))
    .map(({ line, target }) => `${file}:${line}: \`${target}\` does not exist`)
  return [...dead, ...missing]
}

function problemOf(root: string, file: string, target: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined // a web address: not ours to keep alive
  const [path = '', anchor] = target.split('#', 2)
  const found = path === '' ? file : normalize(join(path.startsWith('/') ? '' : dirname(file), decodeURI(path)))
  if (found.startsWith('..')) return `${target} leaves the repository`
  const absolute = join(root, found)
  if (!existsSync(absolute)) return `${target} does not exist`
  if (anchor === undefined || anchor === '' || !found.endsWith('.md') || statSync(absolute).isDirectory())
    return undefined
  return anchorsOf(readFileSync(absolute, 'utf8')).has(anchor) ? undefined : `${target}: no such heading`
}

function linksOf(prose: string): Link[] {
  const patterns = [
    /\]\(\s*<?([^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)?)>?(?:\s+"[^"]*")?\s*\)/g, // [text](target "title")
    /^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s+"[^"]*")?\s*$/g, // [name]: target
    /<(?:a|img)\b[^>]*?\b(?:href|src)="([^"]+)"/g,
  ]
  const withoutCode = prose.replace(/`[^`\n]*`/g, '')
  return patterns.flatMap(pattern => matches(withoutCode, pattern))
}

/** Paths such as `src/plan/index.ts` named in the text: a reader will look for them. */
function pathsOf(prose: string): Link[] {
  return matches(prose, /`((?:src|test|scripts|docs|bench|examples)\/[\w./-]+)`/g)
}

function matches(text: string, pattern: RegExp): Link[] {
  return text
    .split('\n')
    .flatMap((content, index) =>
      [...content.matchAll(pattern)].map(match => ({ line: index + 1, target: match[1] ?? '' })),
    )
}

function anchorsOf(markdown: string): Set<string> {
  const slugger = new GithubSlugger()
  const prose = withoutCodeBlocks(markdown)
  const headings = [...prose.matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(match => slugger.slug(plain(match[1] ?? '')))
  const named = [...prose.matchAll(/<a\b[^>]*\b(?:id|name)="([^"]+)"/g)].map(match => match[1] ?? '')
  return new Set([...headings, ...named])
}

function plain(heading: string): string {
  return heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '')
}

/** Fenced blocks emptied, with line numbers kept. */
function withoutCodeBlocks(markdown: string): string {
  return markdown.replace(/^( {0,3})(```+|~~~+)[\s\S]*?^ {0,3}\2\s*$/gm, block => block.replace(/[^\n]/g, ''))
}

if (import.meta.main) {
  const problems = linkProblems(process.argv[2] ?? join(import.meta.dirname, '..'))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
