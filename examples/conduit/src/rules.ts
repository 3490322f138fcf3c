/** Who may do what: everybody reads, people change what is theirs. */
import { defineRules, everyone, nobody } from 'plinth'
import { schema } from './schema.ts'

export const rules = defineRules(schema, {
  User: ({ row, user }) => ({
    read: everyone,
    update: row.id.is(user.id),
    fields: { email: { read: row.id.is(user.id) }, followers: { write: nobody } },
  }),
  Article: ({ row, user }) => ({
    read: everyone,
    create: row.author.is(user.id),
    update: row.author.is(user.id),
    delete: row.author.is(user.id),
    fields: { favoritedBy: { write: nobody } },
  }),
  Comment: ({ row, user }) => ({
    read: everyone,
    create: row.author.is(user.id),
    delete: row.author.is(user.id),
  }),
  Tag: ({ user }) => ({ read: everyone, create: user.isSignedIn }),
})
