/** Every word that a query string gives a meaning is a name that no field can have. */
import { expect, it } from 'vitest'
import { reservedFieldNames } from '../../src/model/index.ts'
import { groupWords, quantifiers, structuralParameters, valueParameters } from '../../src/surface/rest/grammar/words.ts'

it.each([...structuralParameters, ...valueParameters, ...groupWords, ...quantifiers])('%s is reserved', word => {
  expect(reservedFieldNames.has(word)).toBe(true)
})
