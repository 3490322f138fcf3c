// Checks package-lock.json: it names no registry host and every platform's optional package, or `npm ci` would refuse it. --fix adds those.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// npm leaves out the binaries of other platforms when the registry at hand lacks them or node_modules stood there before:
// https://github.com/npm/cli/issues/4828. What it left out can be said from the package that asks for it.

type Locked = {
  readonly version?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
type Platform = { readonly cpu: string[]; readonly libc?: string[]; readonly os?: string[] }
type Lock = { packages: Record<string, Locked & Readonly<Record<string, unknown>>> }
type Missing = { readonly name: string; readonly version: string; readonly askedBy: string; readonly dev: boolean }

/** What is wrong with the lock file of `root`, as sentences; empty when nothing is. */
export function lockProblems(root: string): string[] {
  const lock = readLock(root)
  const hosts = Object.entries(lock.packages)
    .filter(([, { resolved, link }]) => !link && resolved !== undefined && !resolved.startsWith('file:'))
    .map(
      ([path]) =>
        `package-lock.json names a registry host for ${path}: omit-lockfile-registry-resolved in .npmrc avoids that`,
    )
  const missing = missingFrom(lock).map(
    ({ name, version, askedBy }) => `package-lock.json lacks ${name}@${version} of ${askedBy}: run \`npm run lock\``,
  )
  return [...hosts, ...missing]
}

/** Adds the optional packages that are missing. They carry no integrity: only their own registry knows it. */
export function completeLock(root: string): void {
  const lock = readLock(root)
  for (const { name, version, dev } of missingFrom(lock)) {
    if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name}: '${version}' is no exact version to write down`)
    lock.packages[`node_modules/${name}`] = { version, ...(dev && { dev }), optional: true, ...platformOf(name) }
  }
  const sorted = Object.entries(lock.packages).toSorted(([left], [right]) => left.localeCompare(right, 'en'))
  writeFileSync(
    join(root, 'package-lock.json'),
    `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
  )
}

function missingFrom({ packages }: Lock): Missing[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !placesOf(name, path).some(place => place in packages))
      .map(([name, version]) => ({ name, version, askedBy: path.replace(/^.*node_modules\//, ''), dev })),
  )
}

/** Where Node looks for a package that the package at `path` asks for. */
function placesOf(name: string, path: string): string[] {
  const places = [`node_modules/${name}`]
  const folders = path.split('/node_modules/')
  for (let depth = folders.length; depth > 0; depth--)
    places.push(`${folders.slice(0, depth).join('/node_modules/')}/node_modules/${name}`)
  return places
}

/** The packages are named for their platform, as in `binding-linux-arm64-musl`. */
function platformOf(name: string): Platform {
  const words = name.split(/[/-]/)
  const oneOf = (known: readonly string[]): string[] => words.filter(word => known.includes(word)).slice(0, 1)
  const os = oneOf([
    'aix',
    'android',
    'darwin',
    'freebsd',
    'linux',
    'netbsd',
    'openbsd',
    'openharmony',
    'sunos',
    'win32',
  ])
  const cpu = oneOf(['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'])
  if (cpu.length === 0) throw new Error(`${name}: its name does not say for which platform it is`)
  const libc = os[0] !== 'linux' ? [] : name.includes('musl') ? ['musl'] : name.includes('gnu') ? ['glibc'] : []
  return { cpu, ...(libc.length > 0 && { libc }), ...(os.length > 0 && { os }) }
}

function readLock(root: string): Lock {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  if (process.argv.includes('--fix')) completeLock(root)
  const problems = lockProblems(root)
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
