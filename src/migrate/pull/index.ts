/** Taking over an existing database: its description becomes models. */
export { type FileConflict, pull } from './pull.ts'
