import { describe, expect, it } from 'vitest'
import { command } from './command.ts'
import { runCommandLine } from './command-line.ts'

const seen: unknown[] = []
const serve = command({
  name: 'serve',
  summary: 'Serves the application',
  details: 'It serves.',
  examples: [['plinth serve --port 4000', 'on another port']],
  arguments: {
    app: { type: 'positional', description: 'The file', required: false },
    port: { type: 'string', description: 'The port', alias: 'p' },
    reload: { type: 'boolean', description: 'Starts again', default: true },
    host: { type: 'string', description: 'A host; may come several times' },
  },
  repeatable: ['host'],
  run: async given => {
    seen.push([given.app, given.port, given.reload])
    return given.port === '1' ? 3 : undefined
  },
})

const fetching = command({
  name: 'fetch',
  summary: 'Fetches a file',
  details: 'It fetches.',
  examples: [['plinth fetch a b', 'b from a']],
  arguments: {
    place: { type: 'positional', description: 'Where', required: true },
    file: { type: 'positional', description: 'What', required: true },
  },
  run: () => Promise.resolve(),
})

async function run(...words: string[]): Promise<{ code: number; out: string; error: string; seen: unknown }> {
  const out: string[] = []
  const error: string[] = []
  seen.length = 0
  const code = await runCommandLine(words, {
    commands: [serve, fetching],
    version: '1.2.3',
    print: text => out.push(text),
    complain: text => error.push(text),
  })
  return { code, out: out.join('\n'), error: error.join('\n'), seen: seen[0] }
}

describe('the command line', () => {
  it('runs a command with its options and gives its exit code', async () => {
    expect(await run('serve', 'app.ts', '--port', '4000', '--no-reload')).toMatchObject({
      code: 0,
      seen: ['app.ts', '4000', false],
    })
    expect(await run('serve', '--port=1')).toMatchObject({ code: 3, seen: [undefined, '1', true] })
    expect(await run('serve', '-p', '5')).toMatchObject({ code: 0, seen: [undefined, '5', true] })
  })

  it('names the nearest word for what it does not know', async () => {
    expect(await run('sevre')).toMatchObject({
      code: 2,
      error: expect.stringContaining('There is no command "sevre". Did you mean "serve"?'),
    })
    expect(await run('--hepl')).toMatchObject({ code: 2, error: expect.stringContaining('Did you mean "--help"?') })
    expect(await run('serve', '--prot', '1')).toMatchObject({
      code: 2,
      error: expect.stringContaining('Did you mean "--port"?'),
      seen: undefined,
    })
    expect(await run('serve', '--no-relaod')).toMatchObject({
      code: 2,
      error: expect.stringContaining('Did you mean "--no-reload"?'),
    })
    expect(await run('serve', '--port')).toMatchObject({ code: 2, error: expect.stringContaining('needs a value') })
    expect(await run('serve', 'a', 'b')).toMatchObject({ code: 2, error: expect.stringContaining('at most 1') })
    expect(await run('serve', '--no-reload=yes')).toMatchObject({
      code: 2,
      error: expect.stringContaining('takes no value; --reload is its opposite'),
    })
    expect(await run('serve', '--port', '1', '--port=2'), 'what came first would be lost').toMatchObject({
      code: 2,
      error: expect.stringContaining('The option "--port" stands here twice; it has one value.'),
      seen: undefined,
    })
    expect(await run('serve', '--host', 'a', '--host', 'b')).toMatchObject({ code: 0 })
    expect(await run('fetch', 'a')).toMatchObject({ code: 2, error: expect.stringContaining('needs <file>.') })
    expect(await run('help', 'sevre')).toMatchObject({ code: 2, error: expect.stringContaining('mean "serve"?') })
  })

  it('helps, with examples', async () => {
    expect(await run()).toMatchObject({ code: 2, out: expect.stringContaining('serve  Serves the application') })
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('USAGE') })
    for (const words of [
      ['serve', '--help'],
      ['help', 'serve'],
      ['serve', '--prot', '-h'],
    ]) {
      const { code, out } = await run(...words)
      expect(code).toBe(0)
      expect(out).toContain('--port')
      expect(out).toContain('plinth serve --port 4000  on another port')
    }
    expect(await run('--version')).toMatchObject({ code: 0, out: '1.2.3' })
  })
})
