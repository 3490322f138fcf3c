/** What stands where something is wrong; the compiler prints the sentence. */
export interface Mistake<Sentence extends string> {
  readonly mistake: Sentence
}
