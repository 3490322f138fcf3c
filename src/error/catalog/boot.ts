/** Errors of the declaration: what stops an application from starting. They never reach a client. */
import type { CatalogEntry } from './catalog-entry.ts'

export const boot = {
  'boot.schema-invalid': {
    status: 500,
    message: 'The schema cannot be used; mistakes: {count}\n{mistakes}',
  },
  'boot.name-form': {
    status: 500,
    message: '{what} is called "{name}", which is no name that code, databases and URLs can share.',
    hint: 'Use ASCII letters and digits, beginning with a letter: {example}.',
  },
  'boot.name-reserved': {
    status: 500,
    message: '{what} is called "{name}", a word that requests and rules use themselves.',
    hint: 'Choose another name and keep the column with .column("…") if the database has it already.',
  },
  'boot.name-own': {
    status: 500,
    message: '{what} is called "{name}", and names that begin with "{prefix}" are those of Plinth itself.',
    hint: 'Choose another name.',
  },
  'boot.name-taken': {
    status: 500,
    message: '{what} has the name "{name}", and so has {other}.',
  },
  'boot.driver-missing': {
    status: 500,
    message: '{database} is reached through the package "{driver}", which is not installed.',
    hint: 'Run: {command}',
  },
  'boot.database-address': {
    status: 500,
    message: 'The address of the database cannot be used: {problem}.',
  },
  'boot.database-unreachable': {
    status: 500,
    message: 'The database cannot be used: {reason}.',
    hint: '{advice}',
  },
  'boot.relation-target': {
    status: 500,
    message: '{relation} leads to the model "{target}", which the schema does not have.',
    hint: 'Did you mean "{nearest}"?',
  },
  'boot.relation-inverse': {
    status: 500,
    message:
      '{relation} needs "{name}" on {target} to be a belongsTo relation that leads back to {model}, but {reason}.',
    hint: 'Did you mean "{nearest}"?',
  },
  'boot.relation-invalid': {
    status: 500,
    message: '{relation} cannot work: {reason}.',
  },
  'boot.key-invalid': {
    status: 500,
    message: 'The key of {model} cannot work: {reason}.',
  },
  'boot.field-invalid': {
    status: 500,
    message: '{field} cannot work: {reason}.',
  },
  'boot.default-invalid': {
    status: 500,
    message: 'The default of {field} does not fit: {reason}.',
  },
  'boot.option-invalid': {
    status: 500,
    message: 'The option "{option}" of {model} cannot work: {reason}.',
  },
  'boot.field-unknown': {
    status: 500,
    message: '{what} names "{name}", which is no field of {model}.',
    hint: 'Did you mean "{nearest}"?',
  },
  'boot.caller-unknown': {
    status: 500,
    message: 'The schema names "{name}" as its caller, but has no such model.',
    hint: 'Did you mean "{nearest}"?',
  },
  'boot.declaration-invalid': {
    status: 500,
    message: 'The {what} cannot be used; mistakes: {count}\n{mistakes}',
  },
  'boot.model-unknown': {
    status: 500,
    message: 'The {what} name the model "{name}", which the schema does not have.',
    hint: 'Did you mean "{nearest}"?',
  },
  'boot.word-unknown': {
    status: 500,
    message: '{what}: "{name}" means nothing there.',
    hint: 'Did you mean "{nearest}"? Possible: {possible}.',
  },
  'boot.rule-symbol-unused': {
    status: 500,
    message: '{rule} of {model}: {symbol} is read but is no part of what is returned ({place}).',
    hint: 'Combine conditions with allOf(), anyOf() and not(); &&, ||, ?:, !, === and if do not see the value of a symbol.',
  },
  'boot.rule-symbol-tested': {
    status: 500,
    message: '{rule} of {model}: JavaScript decides by {symbol}, and the way that it does not take is lost ({place}).',
    hint: 'Combine conditions with allOf(), anyOf() and not(); &&, ||, ??, ?:, !, === and if do not see the value of a symbol.',
  },
  'boot.field-not-maskable': {
    status: 500,
    message:
      'The read rule of {model}.{name} looks at the row, so callers may see null there, and the type of {name} does not say so.',
    hint: 'Declare it maskable() (a computed field: maskable(…)) or optional(), or let the rule ask about user alone.',
  },
  'boot.create-impossible': {
    status: 500,
    message:
      'The create rule of {model} lets callers in, but none of them can create a row: {field} needs a value, and callers cannot write it.',
    hint: 'Give it a default, declare it optional(), fill it in a beforeCreate hook, or say create: nobody and create rows with db.asSystem().',
  },
  'boot.rule-not-condition': {
    status: 500,
    message: '{rule} of {model}: this is {given}, not a condition.',
    hint: 'Write a condition made from row and user, or everyone, or nobody.',
  },
  'boot.not-by-name': {
    status: 500,
    message: '{rule} of {model}: this is {given}, not an object that gives each a name.',
    hint: 'Return an object such as {example}.',
  },
  'boot.function-threw': {
    status: 500,
    message: '{rule} of {model}: the function threw "{message}" ({place}).',
    hint: '{advice}',
  },
  'boot.symbol-unknown': {
    status: 500,
    message: '{model} has no field or relation "{name}" ({place}).',
    hint: 'Did you mean "{nearest}"?',
  },
  'boot.symbol-misused': {
    status: 500,
    message: '{symbol} cannot be used like this: {reason} ({place}).',
  },
  'boot.snapshot-invalid': {
    status: 500,
    message: 'The snapshot does not fit the schema: {reason}.',
  },
  'boot.pull-unreadable': {
    status: 500,
    message: '{file} is not one that this version of Plinth reads.',
    hint: 'Bring it back from version control. Without it nobody can tell what was changed by hand.',
  },
  'boot.pull-unfinished-merge': {
    status: 500,
    message: '{file} has the marks of a merge that was not finished.',
    hint: 'Take it as one of the branches has it, then pull again: {command}',
  },
  'boot.pull-unsupported': {
    status: 500,
    message: 'The store "{store}" has no tables that could be pulled.',
  },
  'boot.pull-nothing': {
    status: 500,
    message: 'The database has no tables.',
    hint: 'On PostgreSQL the parameter schema names the one that is read, as in ?schema=sales.',
  },
  'boot.pull-no-url': {
    status: 500,
    message: 'Nothing says which database is to be pulled.',
    hint: 'Name it: plinth pull <url>, or set DATABASE_URL.',
  },
  'boot.graph-unreadable': {
    status: 500,
    message: 'The printed model graph cannot be read: {reason}.',
  },
  'boot.configuration-invalid': {
    status: 500,
    message: 'The configuration has {count}:\n{mistakes}',
  },
  'boot.variable-invalid': {
    status: 500,
    message: '{name}={value} cannot be used: {problem}.',
  },
  'boot.variable-unknown': {
    status: 500,
    message: 'There is no setting {name}.',
    hint: 'Did you mean {nearest}?',
  },
  'boot.database-invalid': {
    status: 500,
    message: 'DATABASE_URL cannot be used: {problem}.',
  },
  'boot.database-unknown': {
    status: 500,
    message: 'DATABASE_URL begins with "{scheme}:", and there is no such store.',
    hint: 'These forms exist: {forms}.',
  },
  'boot.direct-database-invalid': {
    status: 500,
    message: 'DIRECT_DATABASE_URL cannot be used: {problem}.',
  },
  'boot.replicas-invalid': {
    status: 500,
    message: 'DATABASE_REPLICA_URLS cannot be used: {problem}.',
  },
  'boot.replica-unusable': {
    status: 500,
    message: 'The replica {replica} cannot be read from: {problem}.',
    hint: 'Take it out of DATABASE_REPLICA_URLS, or mend it.',
  },
  'boot.secret-missing': {
    status: 500,
    message: 'PLINTH_SECRET is not set; tokens cannot be signed without it.',
    hint: 'Make one with: openssl rand -base64 32',
  },
  'boot.secret-weak': {
    status: 500,
    message: 'PLINTH_SECRET protects nothing: {problem}.',
    hint: 'Make one with: openssl rand -base64 32',
  },
  'boot.setting-unknown': {
    status: 500,
    message: '{where} has no option "{name}".',
    hint: 'Did you mean "{nearest}"?',
  },
  'boot.setting-invalid': {
    status: 500,
    message: '{where}: {problem}.',
  },
  'boot.route-taken': {
    status: 500,
    message: '{route} is served twice: by {first} and by {second}.',
    hint: 'Give one of them another path: the prefix of a group of routes, "api.prefix", or the path of what is mounted.',
  },
  'boot.extension-conflict': {
    status: 500,
    message: 'The extension "{extension}" declares the {what} "{name}", which {owner} has declared already.',
    hint: 'An extension adds; it cannot change what others declared. Rename one of the two.',
  },
  'boot.application-missing': {
    status: 500,
    message: 'There is no application in {folder}; it was looked for as {tried}.',
    hint: 'Create app.ts and end it with "export default createApp(…)", or name the file: plinth {command} path/to/app.ts',
  },
  'boot.application-invalid': {
    status: 500,
    message: '{file} does not export an application as its default.',
    hint: 'End it with "export default createApp(…)".',
  },
  'boot.application-foreign': {
    status: 500,
    message: '{file} is made with another copy of Plinth than the one that runs this command.',
    hint: 'Run the one that is installed beside it: npx plinth',
  },
  'boot.application-not-module': {
    status: 500,
    message: '{file} is an ES module, and the nearest package.json does not say so.',
    hint: 'Say so with: npm pkg set type=module',
  },
  'boot.import-missing': {
    status: 500,
    message: '{importer} imports {missing}, and there is no such file.',
    hint: 'Imports name files as they are: write "{there}".',
  },
  'boot.database-differs': {
    status: 500,
    message: 'The database does not fit the models. It is {database}, and differs:\n{differences}',
    hint: '{command}',
  },
  'boot.store-unable': {
    status: 500,
    message: 'The store "{store}" cannot hold {model}: {reason}.',
    hint: 'Choose another store, or change the model.',
  },
  'boot.database-not-recreatable': {
    status: 500,
    message: 'Only a database file of DATABASE_URL can be set aside and made anew.',
  },
  'boot.port-taken': {
    status: 500,
    message: 'Port {port} on {host} is taken by another process.',
    hint: 'Stop that process, or choose another port: PORT={free} plinth {command}',
  },
} as const satisfies Record<string, CatalogEntry>
