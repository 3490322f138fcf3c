/** Mistakes of a schema that the compiler can find, as sentences. */
import type { reservedWords } from '../build/names.ts'
import type { AnyFields } from './declared.ts'
import type { Mistake } from './mistake.ts'
import type { KeyNames, Models } from './schema.ts'

/** For each model nothing, or what is wrong with it. Sentences are only made for models that have a mistake. */
export type CheckedModels<All extends Models> = {
  readonly [Name in keyof All]: CheckedModel<All, Name, All[Name]['~fields']>
}

type CheckedModel<
  All extends Models,
  Name,
  Fields extends AnyFields,
> = Fields[keyof Fields]['~target'] extends keyof All
  ? [LooseEnds<All, Name, Fields> | (keyof Fields & SuspiciousName)] extends [never]
    ? unknown
    : ModelMistake<All, Name & string, Fields>
  : Mistake<TargetMistake<keyof All, Name & string, Fields>>

type ReservedWord = (typeof reservedWords)[number]

/** Names that are looked at more closely: not all that end in "Id" are those of scalars that relations have. */
type SuspiciousName = ReservedWord | `${string}Id`

type ModelMistake<All extends Models, Name extends string, Fields extends AnyFields> = [
  LooseEnds<All, Name, Fields>,
] extends [never]
  ? [NameMistake<All, Name, Fields>] extends [never]
    ? unknown
    : Mistake<NameMistake<All, Name, Fields>>
  : Mistake<InverseMistake<Name, Fields, LooseEnds<All, Name, Fields>>>

type NameMistake<All extends Models, Name extends string, Fields extends AnyFields> = {
  [Field in keyof Fields & string]: Field extends ReservedWord
    ? `A field of ${Name} is called '${Field}', a word that requests and rules use themselves`
    : `${Field}Id` extends keyof Fields
      ? [Fields[Field]['~to']] extends [never]
        ? never
        : [Fields[Field]['~field'], KeyNames<All[Fields[Field]['~to']]>] extends [never, 'id']
          ? `The field '${Field}Id' of ${Name} has the name of the scalar of the relation '${Field}'`
          : never
      : never
}[keyof Fields & string]

/** The hasOne and hasMany relations whose other end is not there, or leads elsewhere. */
type LooseEnds<All extends Models, Name, Fields extends AnyFields> = {
  [Field in keyof Fields]: Fields[Field]['~by'] extends never
    ? never
    : LeadsBack<All[Fields[Field]['~target']]['~fields'], Fields[Field]['~by'], Name> extends true
      ? never
      : Field
}[keyof Fields]

type LeadsBack<There extends AnyFields, By, Name> = By extends keyof There
  ? Name extends There[By]['~to']
    ? true
    : false
  : false

type TargetMistake<Known, Name extends string, Fields extends AnyFields> = {
  [Field in keyof Fields]: Fields[Field]['~target'] extends Known
    ? never
    : `${Name}.${Field & string} leads to the model '${Fields[Field]['~target']}', which the schema does not have`
}[keyof Fields]

type InverseMistake<Name extends string, Fields extends AnyFields, Loose extends keyof Fields> = {
  [
    Field in Loose
  ]: `${Name}.${Field & string} needs a relation to lead back: write ${Fields[Field]['~by']}: field.belongsTo('${Name}') in ${Fields[Field]['~target']}`
}[Loose]
