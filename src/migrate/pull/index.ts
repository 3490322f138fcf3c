/** Taking over an existing database: its description becomes models. */
export { type FileConflict, pull, type Pulled } from './pull.ts'
