// A file that does not say what it is for is named by the check.
import { expect, test } from 'vitest'
import { fileProblems } from '../../scripts/check-files.ts'
import { folderWith } from './in-folder.ts'

test('accepts files that open with their purpose', () => {
  const root = folderWith({
    'src/a.ts': '// What it is for.\nexport const a = 1\n',
    'src/b.ts': '/** What it is for. */\nexport const b = 1\n',
    'src/cli/main.ts': '#!/usr/bin/env node\n// What it is for.\nexport const c = 1\n',
    'scripts/dist/d.ts': 'built\n',
    'src/a.test.ts': "import './a.ts'\n",
  })
  expect(fileProblems(root)).toEqual([])
})

test('refuses files that open with anything else', () => {
  const root = folderWith({
    'src/a.ts': "import './b.ts'\n// Too late.\n",
    'test/b.test.ts': '\n// Not the first line.\n',
    'examples/shop/c.ts': '//\n',
  })
  expect(fileProblems(root)).toEqual(
    ['src/a.ts', 'test/b.test.ts', 'examples/shop/c.ts'].map(
      file => `${file}: the first line should be a comment that says what the file is for`,
    ),
  )
})
