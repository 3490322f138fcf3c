// Finds a file inside an installed data package and reads JSON from it, refusing a shape that is not the expected one.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { z } from 'zod'

const { resolve } = createRequire(import.meta.url)

/** The path on disk of a file that a package ships, or of the package's entry point. */
export function packageFile(specifier: string): string {
  return resolve(specifier)
}

/** The content of a JSON file of a package; a package that changed its format fails here, with the place that differs. */
export async function readPackageJson<Schema extends z.ZodType>(
  specifier: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(JSON.parse(await readFile(packageFile(specifier), 'utf8')))
  if (!parsed.success) throw new Error(`${specifier} is not as expected: ${parsed.error.message}`)
  return parsed.data
}
