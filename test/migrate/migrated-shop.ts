/** The first version of the shop, migrated, and what comes next. */
import { project, type Project } from '../cli/project.ts'
import { firstVersion } from './shop-versions.ts'

/** The first version, migrated. */
export async function migratedShop(environment: Readonly<Record<string, string>>): Promise<Project> {
  const here = project(firstVersion)
  await here.done(['migrate', 'new'], environment)
  await here.done(['migrate', 'up'], environment)
  return here
}

const firstSchema = firstVersion['schema.ts'] ?? ''

/** Its schema with other words at a place, for the next migration. */
export function changedSchema(before: string, after: string): string {
  if (!firstSchema.includes(before)) throw new Error(`The schema does not have ${before}:\n${firstSchema}`)
  return firstSchema.replace(before, after)
}

export const schemaWith = (fields: string): string => changedSchema('title: field', `${fields} title: field`)

export const insertRow = (number: number): string =>
  `insert into product (number, title, code, legacy) values (${number}, 'Product ${number}', 'code ${number}', 'old')`
