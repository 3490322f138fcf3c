/** The forms of the options that every store on a database server takes. */
export const serverOptionForms = {
  url: 'text',
  connections: 'number',
  lanes: 'number',
  writeLanes: 'number',
  queue: 'number',
  patience: 'number',
  lockTime: 'number',
  statementTime: 'number',
  prepared: 'number',
} as const
