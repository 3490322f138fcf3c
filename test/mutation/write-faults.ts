/** Faults in the steps of writes. */
import { type Fault, writes } from './fault.ts'

export const writeFaults: readonly Fault[] = [
  // Writes.
  writes('plan-write', 'create rule dropped', "        openRuleCondition(planning, rows, 'create'),\n", ''),
  writes('plan-write', 'update rule dropped', '          openRuleCondition(planning, rows, request.rule),\n', ''),
  writes(
    'plan-write',
    'delete rule dropped',
    ': allOf(readableCondition(planning, rows), openRuleCondition(planning, rows, request.rule)),',
    ': readableCondition(planning, rows),',
  ),
  writes(
    'plan-write',
    'field rules dropped in writes',
    'if (rule === undefined) return always\n      const condition',
    'if (rule !== null) return always\n      const condition',
  ),
  writes(
    'plan-write',
    'connected to rows that the caller may not read',
    'if (isAlways(readable)) return always',
    'if (readable !== null) return always',
  ),
  writes(
    'plan-write',
    'an expected version is not looked at',
    'request.written),\n        ),\n    request.ifVersion ? versionCondition(planning, model) : always,\n',
    'request.written),\n        ),\n',
  ),
  writes(
    'plan-write',
    'versions do not count',
    'if (request.version && versionField',
    'if (!request.version && versionField',
  ),
  writes(
    'plan-row',
    'update rule dropped in what a write looks up',
    "            request.operation === 'link' ? always : ruleCondition(planning, rows, request.operation),\n",
    '',
  ),
  writes(
    'plan-row',
    'upsert onto a row that may not be read',
    "condition('$readable', readableOrNever(planning, rows, request.withDeleted)),",
    "condition('$readable', always),",
  ),
  writes(
    'readable',
    'a write gives back what its writer may not read',
    "if (rule.kind === 'constant' && !rule.value) return never\n  return readableCondition(planning, rows, withDeleted)",
    'return scopeCondition(planning, rows, withDeleted)',
  ),
]
