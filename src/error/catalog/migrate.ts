/** Errors of migrations: what stands against writing or running one. They never reach a client. */
import type { CatalogEntry } from './catalog-entry.ts'

export const migrate = {
  'migrate.option-invalid': {
    status: 400,
    message: '{option} cannot be used: {reason}.',
  },
  'migrate.history-invalid': {
    status: 500,
    message: 'The migrations cannot be used: {reason}.',
  },
  'migrate.file-invalid': {
    status: 500,
    message: 'The migration file {file} cannot be used: in line {line} {problem}.',
  },
  'migrate.file-missing': {
    status: 500,
    message: 'The migration {id} has no file for this database: {file} is missing.',
    hint: 'Run: {command}',
  },
  'migrate.conflict': {
    status: 500,
    message: 'The migrations of two branches do not go together:\n{conflicts}',
    hint: "Either can be written anew on top of the other, where it has run on nobody else's database; what is left to do may differ: {command}",
  },
  'migrate.renamed-or-dropped': {
    status: 500,
    message: '{count} may have been renamed or dropped, and Plinth does not guess:\n{choices}',
  },
  'migrate.value-needed': {
    status: 500,
    message: 'Rows that are there need a value for what is required from now on:\n{choices}',
  },
  'migrate.impossible': {
    status: 500,
    message: 'This change cannot be made to rows that are there:\n{reasons}',
    hint: 'Add a new field, fill it in data.ts ("plinth migrate new --data"), and drop the old one in a later migration. A column that somebody changes by hand, in each database, is named: plinth migrate new --by-hand Article.title',
  },
  'migrate.by-hand': {
    status: 500,
    message: 'Step {step} of {steps} of {id} is done by hand, and here it is not done yet: {about}.\n{position}',
    hint: "Do it, or write its commands into the migration's file, then go on where it stopped: plinth migrate up{option}",
  },
  'migrate.downtime-needed': {
    status: 500,
    message: '{what}',
    hint: 'Stop every version of the application, then: {command}',
  },
  'migrate.snapshot-disagrees': {
    status: 500,
    message: 'plinth.snapshot.json and the migrations do not agree: {reason}.',
    hint: '{advice}',
  },
  'migrate.name-unknown': {
    status: 500,
    message: 'There is no {what} "{name}"{where}.',
    hint: 'Did you mean "{nearest}"?',
  },
  'migrate.name-invalid': {
    status: 500,
    message: '{reason}.',
  },
  'migrate.needs-session': {
    status: 500,
    message: 'Migrations need a connection of their own, and this one leads through a pooler.',
    hint: 'Set DIRECT_DATABASE_URL to an address of the server itself.',
  },
  'migrate.unsupported': {
    status: 500,
    message: 'The store "{store}" keeps nothing that could be migrated.',
  },
  'migrate.running': {
    status: 500,
    message: 'Another run is migrating this database: {holder}.',
    hint: 'Wait until it has ended, then run the command again. Nothing was changed.',
  },
  'migrate.database-unknown': {
    status: 500,
    message: 'This database has tables of these models already, but no history of migrations.',
    hint: 'If it was pulled, or made by "plinth dev", "plinth database" or before there were migrations: plinth migrate up --adopt takes what is there as done and makes the rest.',
  },
  'migrate.history-differs': {
    status: 500,
    message: 'The database and the folder "migrations" do not have the same history:\n{differences}',
    hint: '{advice}',
  },
  'migrate.step-failed': {
    status: 500,
    message: 'Step {step} of {steps} of {id} failed: {about}.\n{reason}\n{position}',
    hint: 'Mend what it says, then go on where it stopped: plinth migrate up{option}',
  },
  'migrate.lock-refused': {
    status: 500,
    message: 'Step {step} of {steps} of {id} did not get its lock within {seconds} s: {about}.\n{holder}\n{position}',
    hint: 'End that transaction, or wait, then go on where it stopped: plinth migrate up{option}',
  },
  'migrate.rebuild-loses': {
    status: 500,
    message: 'Making the table "{table}" anew would lose what the models do not know of: {columns}.',
    hint: 'Declare it, or drop it, before you go on. Nothing was changed by this step.',
  },
  'migrate.edit-refused': {
    status: 500,
    message: 'The table "{table}" cannot be changed with all else that it says kept: {reason}.',
    hint: 'Change it by hand and run the command again, which finds it done. Nothing was changed by this step.',
  },
  'migrate.data-missing': {
    status: 500,
    message: '{file} has no function as its default export.',
    hint: 'Export the function that moves the data by default.',
  },
} as const satisfies Record<string, CatalogEntry>
