import { describe, expect, it } from 'vitest'
import { refusal } from '../../error/index.ts'
import { describeFailure } from './describe-failure.ts'
import { printTimeline } from './print-timeline.ts'
import { recentTimelines, recordTimeline } from './timeline.ts'

const request = {
  trace: 'r1',
  method: 'GET',
  url: '/api/articles',
  status: 200,
  microseconds: 1900,
  bytes: 410,
  caller: 'anonymous',
  address: '127.0.0.1',
  code: null,
} as const

describe('the timeline', () => {
  it('shows each step with its time', () => {
    const recorder = recordTimeline(() => 0)
    recorder.observe({ kind: 'plan', model: 'Article', operation: 'find', cached: false, milliseconds: 0.412 })
    recorder.observe({ kind: 'statement', command: 'select\n  1', milliseconds: 12.4, rows: 1, where: 'worker' })
    recorder.observe({ kind: 'commit', milliseconds: 1, members: 3 })
    recorder.observe({ kind: 'step', name: 'beforeCreate', milliseconds: 0 })
    expect(printTimeline(recorder.finish(request), { colour: false, width: 80 })).toBe(
      [
        'GET /api/articles 200 in 1.90 ms, 410 bytes, anonymous',
        '    0.41 ms  plan   find Article, new',
        '      12 ms  sql    1 row (worker)  select 1',
        '    1.00 ms  commit together with 2 others',
        '    0.00 ms  step   beforeCreate',
      ].join('\n'),
    )
  })

  it('is bounded in steps, in width and in requests', () => {
    const recorder = recordTimeline(() => 0)
    for (let step = 0; step < 250; step++) recorder.observe({ kind: 'step', name: 'x'.repeat(200), milliseconds: 1 })
    const lines = printTimeline(recorder.finish(request), { colour: false, width: 60 }).split('\n')
    expect(lines).toHaveLength(202)
    expect(lines.at(-1)).toBe('  and 50 more steps')
    expect(Math.max(...lines.map(line => line.length))).toBe(60)

    const recent = recentTimelines(2)
    for (const trace of ['a', 'b', 'c']) recent.add(recordTimeline(() => 0).finish({ ...request, trace }))
    expect(recent.list().map(timeline => timeline.request.trace)).toEqual(['c', 'b'])
  })
})

describe('a failure in development', () => {
  const root = import.meta.dirname

  it('shows the line in the user’s code and what to do', () => {
    const cause = new TypeError('boom')
    // As if thrown in a user's file: frames of Plinth itself are skipped, and this test lies among them.
    cause.stack = `TypeError: boom\n    at node:internal/x:1:1\n    at run (/gone/actions.ts:12:31)`
    const text = describeFailure(refusal('writes.system-needs-reason', {}, { cause }), root)
    expect(text.split('\n').slice(0, 2)).toEqual([
      'asSystem() needs a reason.',
      "  Say why the rules do not apply, as in db.asSystem('nightly clean-up').",
    ])
    expect(text).toContain('Because: TypeError: boom\n  at /gone/actions.ts:12:31')
  })

  it('lists ten of many mistakes, and none of a declaration twice', () => {
    const detail = (row: number) =>
      ({ code: 'values.wrong-type', pointer: `/${row}/year`, message: 'No year.' }) as const
    const errors = Array.from({ length: 50 }, (_, row) => detail(row))
    const listed = describeFailure(refusal('values.invalid', { model: 'Book' }, { errors }), root).split('\n')
    expect(listed.slice(0, 2)).toEqual(['The Book that was sent is not valid.', '  - /0/year No year.'])
    expect(listed[11]).toBe('  - and 40 more')
    expect(listed.join()).not.toContain('Each entry of')

    const given = { rule: 'The read rule', model: 'Book', given: 'true' }
    const message = 'The rules of Book: The read rule of Book: this is true, not a condition.'
    const declared = refusal('boot.rule-not-condition', given, {
      errors: [
        { code: 'boot.rule-not-condition', pointer: '/Book', message },
        { code: 'boot.rule-not-condition', pointer: '/Loan', message: 'Of Loan.' },
      ],
    })
    expect(describeFailure(declared, root).split('\n').slice(0, 3)).toEqual([
      'The read rule of Book: this is true, not a condition.',
      '  - Of Loan.',
      '  Write a condition made from row and user, or everyone, or nobody.',
    ])
  })

  it('says a cause once, which the message quotes already', () => {
    const cause = new Error('no such table: crew')
    cause.stack = ''
    expect(describeFailure(new Error('Step 1 failed.\nno such table: crew', { cause }), root)).not.toContain('Because')
  })
})
