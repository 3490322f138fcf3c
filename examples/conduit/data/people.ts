// Who writes on Conduit when it is started for the first time. All of them sign in with the same password; see the README.
export const people = [
  { username: 'mira', email: 'mira@conduit.example', bio: 'Bakes before work. Writes down what went wrong.', follows: ['jonas', 'ines', 'theo'] },
  { username: 'jonas', email: 'jonas@conduit.example', bio: 'Repairs bicycles in a shop with one window.', follows: ['mira', 'ada'] },
  { username: 'ines', email: 'ines@conduit.example', bio: 'Grows vegetables on a balcony that faces the wrong way.', follows: ['mira', 'olek', 'theo'] },
  { username: 'theo', email: 'theo@conduit.example', bio: 'Walks from one end of things to the other.', follows: ['ines', 'lucia'] },
  { username: 'ada', email: 'ada@conduit.example', bio: 'Twenty years of databases, most of them still running.', follows: ['samir', 'jonas', 'noor'] },
  { username: 'samir', email: 'samir@conduit.example', bio: 'Teaches programming to people who did not plan to learn it.', follows: ['ada'] },
  { username: 'lucia', email: 'lucia@conduit.example', bio: 'Looks at the sky with a telescope older than herself.', follows: ['theo', 'olek', 'noor'] },
  { username: 'olek', email: 'olek@conduit.example', bio: 'Makes chairs. Sits on most of them.', follows: ['jonas', 'ines'] },
  { username: 'noor', email: 'noor@conduit.example', bio: 'Translator between three languages and two kitchens.', follows: ['mira', 'lucia', 'samir', 'ada'] },
  { username: 'emil', email: 'emil@conduit.example', bio: null, follows: ['noor', 'theo', 'mira'] },
] as const
