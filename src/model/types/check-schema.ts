/** Mistakes of a schema that the compiler can find, as sentences. */
import type { AnyFields } from './declared.ts'
import type { Mistake } from './mistake.ts'
import type { Models } from './schema.ts'

/** For each model nothing, or what is wrong with it. Sentences are only made for models that have a mistake. */
export type CheckedModels<All extends Models> = {
  readonly [Name in keyof All]: CheckedModel<All, Name, All[Name]['~fields']>
}

type CheckedModel<
  All extends Models,
  Name,
  Fields extends AnyFields,
> = Fields[keyof Fields]['~target'] extends keyof All
  ? [LooseEnds<All, Name, Fields>] extends [never]
    ? unknown
    : Mistake<InverseMistake<Name & string, Fields, LooseEnds<All, Name, Fields>>>
  : Mistake<TargetMistake<keyof All, Name & string, Fields>>

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
