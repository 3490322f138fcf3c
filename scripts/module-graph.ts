// Reads who imports whom among TypeScript files. TypeScript 7 has no compiler API, hence oxc's parser instead of dependency-cruiser.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'

/** One import or re-export. `from` and `to` are paths relative to the root, with forward slashes. */
export type ModuleImport = {
  readonly from: string
  readonly line: number
  readonly specifier: string
  /** The imported file, or undefined when the specifier is not relative. */
  readonly to: string | undefined
  readonly exists: boolean
  /** Erased before the program runs, so it cannot take part in a load-time cycle. */
  readonly typeOnly: boolean
  readonly dynamic: boolean
}

/** Every TypeScript file below `folder`, relative to `root`, sorted. */
export function sourceFiles(root: string, folder: string): string[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root, exclude: name => /(^|[\\/])(node_modules|dist)$/.test(name) })
    .map(path => path.split(sep).join('/'))
    .toSorted()
}

/** The imports of one file, in the order they are written. */
export function importsOf(root: string, file: string): ModuleImport[] {
  const text = readFileSync(join(root, file), 'utf8')
  const { program, errors } = parseSync(file, text, { lang: 'ts', sourceType: 'module' })
  if (errors[0]) throw new SyntaxError(`${file}: ${errors[0].message}`)
  const found: ModuleImport[] = []

  function add(source: unknown, at: number, kind: { typeOnly: boolean; dynamic: boolean }): void {
    const specifier = literalOf(source)
    if (specifier === undefined) return
    const target = specifier.startsWith('.') ? resolve(root, dirname(file), specifier) : undefined
    const to = target === undefined ? undefined : relative(root, target).split(sep).join('/')
    const exists = target === undefined || existsSync(target)
    found.push({ from: file, line: lineAt(text, at), specifier, to, exists, ...kind })
  }

  new Visitor({
    ImportDeclaration: node => add(node.source, node.start, { typeOnly: node.importKind === 'type', dynamic: false }),
    ExportNamedDeclaration: node =>
      add(node.source, node.start, { typeOnly: node.exportKind === 'type', dynamic: false }),
    ExportAllDeclaration: node =>
      add(node.source, node.start, { typeOnly: node.exportKind === 'type', dynamic: false }),
    ImportExpression: node => add(node.source, node.start, { typeOnly: false, dynamic: true }),
    TSImportType: node => add(node.source, node.start, { typeOnly: true, dynamic: false }),
  }).visit(program)
  return found
}

/** Groups of files that import each other in a circle, each as the circle's path with its first file repeated at the end. */
export function importCycles(imports: readonly ModuleImport[]): string[][] {
  const next = new Map<string, string[]>()
  for (const { from, to, typeOnly, dynamic } of imports)
    if (to !== undefined && !typeOnly && !dynamic) next.set(from, [...(next.get(from) ?? []), to])

  const cycles: string[][] = []
  const reported = new Set<string>()
  for (const start of next.keys()) {
    if (reported.has(start)) continue
    const cycle = shortestWayBack(start, next)
    if (!cycle) continue
    for (const file of cycle) reported.add(file)
    cycles.push(cycle)
  }
  return cycles
}

function shortestWayBack(start: string, next: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const file of queue)
    for (const target of next.get(file) ?? []) {
      if (target === start) {
        const path = [start]
        for (let at = file; at !== start; at = cameFrom.get(at) ?? start) path.push(at)
        return [start, ...path.toReversed()]
      }
      if (cameFrom.has(target)) continue
      cameFrom.set(target, file)
      queue.push(target)
    }
  return undefined
}

function literalOf(source: unknown): string | undefined {
  if (typeof source !== 'object' || source === null || !('value' in source)) return undefined
  return typeof source.value === 'string' ? source.value : undefined
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length
}
