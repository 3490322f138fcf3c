/** Mistakes of a schema that the compiler can find, as sentences. */
import type { AnyModel, Models } from './schema.ts'

/** For each model nothing, or what is wrong with it. */
export type CheckedModels<All extends Models> = {
  readonly [Name in keyof All]: [Mistake<All, Name>] extends [never] ? unknown : { readonly mistake: Mistake<All, Name> }
}

type Mistake<All extends Models, Name extends keyof All> = All[Name] extends AnyModel
  ? {
      [Field in keyof All[Name]['~fields']]: FieldMistake<All, Name & string, Field & string, All[Name]['~fields'][Field]>
    }[keyof All[Name]['~fields']]
  : never

type FieldMistake<All extends Models, Name extends string, Field extends string, Declared> = Declared extends { readonly '~target': infer Target extends string }
  ? Target extends keyof All
    ? Declared extends { readonly '~by': infer By extends string }
      ? InverseMistake<All, Name, Field, Target, By>
      : never
    : `${Name}.${Field} leads to the model '${Target}', which the schema does not have`
  : never

type InverseMistake<All extends Models, Name extends string, Field extends string, Target extends keyof All & string, By extends string> =
  By extends keyof All[Target]['~fields']
    ? All[Target]['~fields'][By] extends { readonly '~kind': 'belongsTo'; readonly '~target': Name }
      ? never
      : `${Name}.${Field} needs '${By}' of ${Target} to be a belongsTo relation to '${Name}'`
    : `${Name}.${Field} needs a relation '${By}' on ${Target}, which has none: write ${By}: field.belongsTo('${Name}')`
