/** What stands where something is wrong. The sentence is the name of a property, so that what is printed of a missing one begins with it. */
export type Mistake<Sentence extends string> = { readonly [Is in Sentence]: never }
