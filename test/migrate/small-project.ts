/** A project whose application is nothing but its models, for migrations of them. */
import { project, type Project } from '../cli/project.ts'

/** The declaration of each model by its name, in TypeScript. */
export type Models = Readonly<Record<string, string>>

/** Its `app.ts`. */
export const application = (models: Models): string => `import { createApp, defineSchema, field, model } from 'plinth'

${Object.entries(models)
  .map(([name, declaration]) => `const ${name} = ${declaration}\n`)
  .join('')}
export default createApp({ name: 'Small', schema: defineSchema({ ${Object.keys(models).join(', ')} }) })
`

export const smallProject = (models: Models): Project =>
  project({
    'package.json': '{ "name": "small", "private": true, "type": "module" }',
    'app.ts': application(models),
  })
