// docs/migrations.md: what each change does on each database is what its steps say.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { changesTable, migrationsPagePath, withTable } from '../../scripts/migration-changes.ts'

it('the table of changes is what the steps that are written say', () => {
  const page = readFileSync(migrationsPagePath, 'utf8')
  expect(page).toBe(withTable(page, changesTable()))
})
