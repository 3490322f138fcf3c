/** Conduit: the specification under /api, the API that Plinth makes of the models under /generated. */
import { createApp } from 'plinth'
import { api } from './routes.ts'
import { rules } from './rules.ts'
import { schema } from './schema.ts'
import { seed } from './seed.ts'

export default createApp({
  name: 'Conduit',
  schema,
  rules,
  seed,
  routes: [api],
  api: { prefix: '/generated' },
  auth: { scheme: 'Token', lifetime: 60 * 24 * 3600 },
})
