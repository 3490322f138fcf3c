/** Tells when source files of a folder change. */
import { type FSWatcher, readdirSync, watch } from 'node:fs'
import { extname, join, sep } from 'node:path'

const sources = new Set(['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '.sql'])
/** Folders in which nothing is written by hand; names that begin with a dot are left out too. */
const skipped = new Set(['node_modules', 'dist', 'build', 'coverage', 'data'])
/** Files that development itself writes. */
const own = new Set(['plinth.snapshot.json', 'package-lock.json'])
/** Editors write a file in several steps. */
const settleTime = 60

export interface FolderWatch {
  /** Watches the files of one more folder, without the folders in it. */
  also(folder: string): void
  /** Somebody else has seen that the file changed. */
  seen(path: string): void
  close(): void
}

/**
 * Calls `changed` with the paths of files that were written, removed or renamed, once they have settled. Folders are watched one by
 * one: the recursive watching of Node goes through node_modules, which costs seconds and, on Linux, the system's limit of watches.
 */
export function watchFolder(root: string, changed: (paths: readonly string[]) => void): FolderWatch {
  const watchers = new Map<string, FSWatcher>()
  const pending = new Set<string>()
  let timer: NodeJS.Timeout | null = null

  function add(folder: string, deep = true): void {
    if (watchers.has(folder)) return
    let entries
    try {
      entries = readdirSync(folder, { withFileTypes: true })
      const watcher = watch(folder, (event, name) => {
        if (name !== null) touched(folder, name, event === 'rename')
      })
      watcher.on('error', () => remove(folder))
      watchers.set(folder, watcher)
    } catch {
      // Gone between being seen and being watched.
      return
    }
    if (!deep) return
    for (const entry of entries) if (entry.isDirectory() && isWatched(entry.name)) add(join(folder, entry.name))
  }

  /** With the folders in it, which it tells: where another one takes its place they are others, too. */
  function remove(folder: string): readonly string[] {
    const gone = [...watchers.keys()].filter(one => one === folder || one.startsWith(folder + sep))
    for (const one of gone) {
      watchers.get(one)?.close()
      watchers.delete(one)
    }
    return gone
  }

  function touched(folder: string, name: string, cameOrWent: boolean): void {
    const path = join(folder, name)
    if (own.has(name)) return
    if (!sources.has(extname(name)) && name !== '.env') {
      // Perhaps a folder; what is none cannot be read as one and is left alone.
      if (!cameOrWent || !isWatched(name)) return
      const before = remove(path)
      add(path)
      // Those in which nobody writes code as a rule, but somebody does.
      for (const folder of before) add(folder, false)
      // What was in it before it was watched has come with it.
      for (const file of sourcesIn(path)) settle(file)
      return
    }
    settle(path)
  }

  function settle(path: string): void {
    pending.add(path)
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(() => {
      timer = null
      const paths = [...pending].sort()
      pending.clear()
      changed(paths)
    }, settleTime)
  }

  add(root)
  return {
    also: folder => add(folder, false),
    seen: settle,
    close() {
      if (timer !== null) clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

function sourcesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return isWatched(entry.name) ? sourcesIn(path) : []
      return sources.has(extname(entry.name)) ? [path] : []
    })
  } catch {
    // A file, or gone again.
    return []
  }
}

const isWatched = (name: string): boolean => !name.startsWith('.') && !skipped.has(name)
