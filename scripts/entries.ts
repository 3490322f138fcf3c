// The one list of what can be imported from the published package: subpath -> source file under src/.
// `npm run exports` writes package.json's "exports" from it; the check fails when the two differ or a file is missing.

/** Every public subpath of the package, in the order it appears in package.json. */
export const entries: Readonly<Record<string, string>> = {
  '.': 'src/index.ts',
  './testing': 'src/testing/index.ts',
  './store/memory': 'src/store/memory/index.ts',
  './store/sqlite': 'src/store/sqlite/index.ts',
  './store/postgres': 'src/store/postgres/index.ts',
  './store/mysql': 'src/store/mysql/index.ts',
}
