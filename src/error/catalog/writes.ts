/** Errors of writes: the database refuses, or the row has moved on. */
import type { CatalogEntry } from './catalog-entry.ts'

export const writes = {
  'writes.unique': {
    status: 409,
    message: 'Another {model} has the same {fields}.',
  },
  'writes.reference-missing': {
    status: 409,
    message: 'There is no {model} that "{name}" refers to.',
  },
  'writes.reference-in-use': {
    status: 409,
    message: 'This {model} is still referred to by {other}.',
  },
  'writes.check': {
    status: 422,
    message: 'The {model} breaks the check "{check}".',
    hint: 'Every {model} has to keep this condition: change the values that it is about.',
  },
  'writes.reference-unmet': {
    status: 409,
    message: 'A row that was written refers to one that does not exist, or one that went is still referred to.',
    hint: 'The database looks at this reference when the transaction ends, and does not tell which one it is.',
  },
  'writes.refused': {
    status: 422,
    message: 'The database refuses this: {reason}',
  },
  'writes.view': {
    status: 403,
    message: '{model} is a view: its rows are read, not written.',
    hint: 'Write to the tables that the view reads.',
  },
  'writes.version-changed': {
    status: 412,
    message: 'The {model} has been changed since you read it.',
    hint: 'Read it again and repeat the change.',
  },
  'writes.version-missing': {
    status: 400,
    message: '{model} has no version, so If-Match cannot be honoured.',
    hint: 'Declare the model with "version: true".',
  },
  'writes.too-many-rows': {
    status: 422,
    message: 'This would touch more than {limit} rows.',
    hint: 'Narrow the filter, or send fewer rows at once.',
  },
  'writes.isolation-inside': {
    status: 500,
    message: 'A serializable transaction was begun inside of one that is not.',
    hint: "Give isolation: 'serializable' to the outer transaction, or to the action.",
  },
  'writes.outer-db': {
    status: 500,
    message: 'A write went through an outer db while this request holds a transaction.',
    hint: 'Use the db that the transaction hands you.',
  },
  'writes.transaction-over': {
    status: 500,
    message: 'A db, or emit, was used after its transaction had ended.',
    hint: 'Await everything that the transaction does before its function returns.',
  },
  'writes.hook-rows': {
    status: 500,
    message: '{moment} of {model} was given {count} rows and left {left}.',
    hint: 'A hook changes rows in place. It makes others with its db, and refuses with fail.',
  },
  'writes.hook-key': {
    status: 500,
    message: 'A beforeUpdate hook of {model} changed "{name}", which is of the key.',
    hint: 'A row keeps its key. Create another row, and delete this one.',
  },
  'writes.sql-needs-system': {
    status: 500,
    message: 'SQL by hand knows no rules, so only the system may use it.',
    hint: "Ask for it by name: db.asSystem('why').sql('Article').",
  },
  'writes.sql-needs-models': {
    status: 500,
    message: 'sql() needs the names of the models that it touches.',
    hint: "Name them, as in (await db.sql('Article', 'Comment')).selectFrom('Article').",
  },
  'writes.transaction-needs-function': {
    status: 500,
    message: 'transaction() needs a function.',
    hint: 'Give one that does all of it, as in db.transaction(async db => …), and use the db that it is given.',
  },
  'writes.sql-unknown-model': {
    status: 500,
    message: 'sql() names the model "{name}", which the schema does not have.',
    hint: 'Did you mean "{nearest}"?',
  },
  'writes.system-needs-reason': {
    status: 500,
    message: 'asSystem() needs a reason.',
    hint: "Say why the rules do not apply, as in db.asSystem('nightly clean-up').",
  },
} as const satisfies Record<string, CatalogEntry>
