/** The graph as versioned JSON: what is printed can be read again, and equal graphs print alike. */
import { describe, expect, test } from 'vitest'
import { printGraph, readGraph } from '../../src/model/index.ts'
import { newsroomGraph } from '../fixtures/newsroom.ts'

describe('a printed graph', () => {
  test('reads back as the same frozen graph, in the same order', () => {
    const read = readGraph(printGraph(newsroomGraph))
    expect(read).toEqual(newsroomGraph)
    expect(Object.keys(read.models)).toEqual(Object.keys(newsroomGraph.models))
    expect(Object.keys(read.models['Article']?.fields ?? {})).toEqual(
      Object.keys(newsroomGraph.models['Article']?.fields ?? {}),
    )
    expect(Object.isFrozen(read.models)).toBe(true)
    expect(printGraph(read)).toBe(printGraph(newsroomGraph))
  })

  test('of another version, or of no graph, is refused', () => {
    const unreadable = expect.objectContaining({ code: 'boot.graph-unreadable' })
    expect(() => readGraph('{')).toThrow(unreadable)
    expect(() => readGraph('{}')).toThrow(unreadable)
    expect(() => readGraph(printGraph(newsroomGraph).replace('"version": 1', '"version": 99'))).toThrow(unreadable)
  })
})
