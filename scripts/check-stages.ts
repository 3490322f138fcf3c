// The one list of what `npm run check` and `npm test` check before any test runs. Longest first: two run at a time.
import type { Stage } from './stages.ts'

export const checkStages: readonly Stage[] = [
  { name: 'lint', command: ['oxlint', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '--noEmit', '--pretty', 'false'] },
  { name: 'unused files, exports and dependencies', command: ['knip', '--no-progress'] },
  { name: 'format', command: ['oxfmt', '--check'] },
  { name: 'layers and import cycles', command: ['node', 'scripts/check-layers.ts'] },
  { name: 'purpose of files', command: ['node', 'scripts/check-files.ts'] },
  { name: 'exports of the package', command: ['node', 'scripts/exports.ts', '--check'] },
  { name: 'lock file', command: ['node', 'scripts/check-lock.ts'] },
  { name: 'links in documents', command: ['node', 'scripts/check-links.ts'] },
]
