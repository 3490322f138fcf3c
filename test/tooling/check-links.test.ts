// The link check finds dead links, anchors and paths in documents, and leaves the rest alone.
import { expect, test } from 'vitest'
import { linkProblems } from '../../scripts/check-links.ts'
import { folderWith } from './in-folder.ts'

test('accepts links and anchors that lead somewhere', () => {
  const root = folderWith({
    'README.md': [
      '# Plinth & *friends*',
      '[guide](docs/guide.md), [a part](docs/guide.md#two-words), [folder](src/), [top](#plinth--friends), ![](<a b.png>)',
      '[web](https://example.org/missing), [mail](mailto:a@example.org), [second of two][twice], `src/plan/index.ts`',
      '[twice]: docs/guide.md#again-1 "title"',
      '```md\n[not a link](nowhere.md)\n```',
      '`[nor this](nowhere.md)`, `src/<name>/index.ts`',
    ].join('\n\n'),
    'docs/guide.md': '## Two `words`\n## Again\n## Again\n[up](../README.md) [root](/README.md)\n',
    'src/plan/index.ts': '',
    'node_modules/x/README.md': '[dead](dead.md)',
  })
  expect(linkProblems(root)).toEqual([])
})

test('names the file, the line and what is missing', () => {
  const root = folderWith({
    'README.md':
      '# Title\n\n[gone](docs/gone.md) [out](../../etc/passwd)\n\n[part](docs/guide.md#other) `src/gone.ts`\n',
    'docs/guide.md': '# Guide\n\n[ref]: missing.png\n<img src="gone.svg">\n[here](#nope)\n```sh\n# nope\n```\n',
  })
  expect(linkProblems(root).toSorted()).toEqual([
    'README.md:3: ../../etc/passwd leaves the repository',
    'README.md:3: docs/gone.md does not exist',
    'README.md:5: `src/gone.ts` does not exist',
    'README.md:5: docs/guide.md#other: no such heading',
    'docs/guide.md:3: missing.png does not exist',
    'docs/guide.md:4: gone.svg does not exist',
    'docs/guide.md:5: #nope: no such heading',
  ])
})
