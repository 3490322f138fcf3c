// Enforces the order of folders that src/layers.json states, and that no files of src load each other in a circle.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { importCycles, importsOf, sourceFiles, type ModuleImport } from './module-graph.ts'

/** The content of src/layers.json. */
export type Layers = {
  /** The lines: a folder imports from the lines before its own. */
  readonly order: readonly (readonly string[])[]
  /** Folders whose sub-folders do not import each other, but for the shared ones. */
  readonly members: Readonly<Record<string, { readonly shared: readonly string[] }>>
  /** Pairs of folders of which neither may import the other, whatever the order says. */
  readonly never: readonly (readonly [string, string])[]
}

/** Every breach of the order in `root`/src as one sentence with file and line; empty when there are none. */
export function layerProblems(root: string): string[] {
  const layers = JSON.parse(readFileSync(join(root, 'src/layers.json'), 'utf8')) as Layers
  const imports = sourceFiles(root, 'src').flatMap(file => importsOf(root, file))
  const breaches = imports.flatMap(found => {
    const sentence = breachOf(found, layers)
    return sentence ? [`${found.from}:${found.line}: ${sentence}`] : []
  })
  const cycles = importCycles(imports).map(cycle => `import cycle: ${cycle.join(' -> ')}`)
  return [...breaches, ...cycles, ...exampleProblems(root)]
}

/** Examples are users: they import Plinth by its name, never by a path into src. */
function exampleProblems(root: string): string[] {
  return sourceFiles(root, 'examples')
    .flatMap(file => importsOf(root, file))
    .filter(({ to }) => to?.startsWith('src/'))
    .map(found => `${found.from}:${found.line}: an example imports 'plinth', not ${found.specifier}`)
}

type Place = { readonly folder: string; readonly member: string | undefined; readonly isIndex: boolean }

function breachOf(found: ModuleImport, layers: Layers): string | undefined {
  if (found.specifier === 'plinth' || found.specifier.startsWith('plinth/'))
    return `src imports its own files by path, not '${found.specifier}'`
  if (found.to === undefined) return undefined
  if (!found.exists) return `${found.specifier} does not exist`
  if (!found.to.startsWith('src/')) return `${found.specifier} leaves src`

  const from = placeOf(found.from, layers)
  const to = placeOf(found.to, layers)
  if (!from) return undefined // a file directly in src, such as src/index.ts, may import every folder
  if (!to) return `no folder imports ${found.to}`
  const [fromLine, toLine] = [lineOf(from.folder, layers), lineOf(to.folder, layers)]
  if (fromLine < 0) return `folder src/${from.folder} is not in src/layers.json`
  if (toLine < 0) return `folder src/${to.folder} is not in src/layers.json`
  return from.folder === to.folder ? withinFolder(from, to, layers) : acrossFolders(from, to, layers)
}

function acrossFolders(from: Place, to: Place, layers: Layers): string | undefined {
  const [fromLine, toLine] = [lineOf(from.folder, layers), lineOf(to.folder, layers)]
  if (layers.never.some(pair => pair.includes(from.folder) && pair.includes(to.folder)))
    return `${from.folder}/ and ${to.folder}/ never meet`
  if (toLine === fromLine) return `${from.folder}/ and ${to.folder}/ stand on one line and do not import each other`
  if (toLine > fromLine) return `${from.folder}/ may not import ${to.folder}/, which src/layers.json lists below it`
  if (!to.isIndex) return `import ${to.folder}/ through its index.ts`
  return undefined
}

function withinFolder(from: Place, to: Place, layers: Layers): string | undefined {
  if (to.member === undefined || to.member === from.member) return undefined
  const { shared } = layers.members[to.folder] ?? { shared: [] }
  if (from.member !== undefined && !shared.includes(to.member))
    return `${from.folder}/${from.member} and ${to.folder}/${to.member} do not import each other`
  if (!to.isIndex) return `import ${to.folder}/${to.member} through its index.ts`
  return undefined
}

/** Where a file of src stands; undefined for files directly in src. */
function placeOf(file: string, layers: Layers): Place | undefined {
  const [, folder, ...rest] = file.split('/')
  if (folder === undefined || rest.length === 0) return undefined
  const member = folder in layers.members && rest.length > 1 ? rest[0] : undefined
  const inside = member === undefined ? rest : rest.slice(1)
  return { folder, member, isIndex: inside.length === 1 && inside[0] === 'index.ts' }
}

function lineOf(folder: string, layers: Layers): number {
  return layers.order.findIndex(line => line.includes(folder))
}

if (import.meta.main) {
  const problems = layerProblems(process.argv[2] ?? join(import.meta.dirname, '..'))
  for (const problem of problems) console.error(problem)
  process.exitCode = problems.length > 0 ? 1 : 0
}
