import { describe, expect, it } from 'vitest'
import { mergeTexts } from './merge.ts'

const merged = (mine: string, base: string, theirs: string) => {
  const { text, conflicts } = mergeTexts(lines(mine), lines(base), lines(theirs))
  return [text.split('\n').join(' '), conflicts] as const
}
const lines = (words: string): string => words.split(' ').join('\n')

describe('two sides of one text', () => {
  it.each([
    ['nothing changed', 'a b c', 'a b c', 'a b c', 'a b c'],
    ['only one side did', 'a B c', 'a b c', 'a b c', 'a B c'],
    ['only the other side did', 'a b c', 'a b c', 'a b d', 'a b d'],
    ['each did elsewhere', 'A b c', 'a b c', 'a b C', 'A b C'],
    ['both did the same', 'a X c', 'a b c', 'a X c', 'a X c'],
    ['neighbours were changed', 'A b', 'a b', 'a B', 'A B'],
    ['a neighbour was added', 'a B', 'a b', 'a b n', 'a B n'],
    ['both added at one place', 'a mine z', 'a z', 'a theirs z', 'a mine theirs z'],
    ['both added the same and more', 'a s z', 'a z', 'a s t z', 'a s t z'],
    ['both changed a line alike, and the other side added one', 'a S z', 'a s z', 'a S t z', 'a S t z'],
    ['both changed a line alike, and this side added one', 'a m S z', 'a s z', 'a S z', 'a m S z'],
    ['the other side removed what stayed', 'a b c', 'a b c', 'a c', 'a c'],
    ['something was added beside what this side removed', 'a', 'a b', 'a n b', 'a n'],
    ['something was added beside what the other side removed', 'a n b', 'a b', 'a', 'a n'],
    ['this side removed what stayed', 'a c', 'a b c', 'a b c', 'a c'],
  ])('%s', (_title, mine, base, theirs, expected) => {
    expect(merged(mine, base, theirs)).toEqual([expected, []])
  })

  it('what both have changed stays as it was written by hand, and is told with its line', () => {
    expect(merged('a mine c', 'a b c', 'a theirs c')).toEqual([
      'a mine c',
      [{ line: 2, kept: ['mine'], pulled: ['theirs'] }],
    ])
  })

  it('nothing is put into what was removed, and nothing is left of half a declaration', () => {
    expect(merged('a c', 'a b1 b2 c', 'a b1 n b2 c')[1]).toHaveLength(1)
    expect(merged('a b1 x c', 'a b1 b2 c', 'a c')).toEqual(['a b1 x c', [{ line: 2, kept: ['b1', 'x'], pulled: [] }]])
  })

  it('what one side removed does not come back because both have changed its neighbour alike', () => {
    expect(merged('a S z', 'a s t z', 'a S t z')).toEqual(['a S z', [{ line: 2, kept: ['S'], pulled: ['S', 't'] }]])
  })

  it('what one has changed and the other removed is told, too', () => {
    expect(merged('a mine x c', 'a b x c', 'a c')).toEqual([
      'a mine x c',
      [{ line: 2, kept: ['mine', 'x'], pulled: [] }],
    ])
    expect(merged('a c', 'a b x c', 'a theirs x c')).toEqual(['a c', [{ line: 2, kept: [], pulled: ['theirs', 'x'] }]])
  })
})
