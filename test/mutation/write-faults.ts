/** Faults in the steps of writes. */
import { type Fault, writes } from './fault.ts'

export const writeFaults: readonly Fault[] = [
  // Writes.
  writes('plan-insert', 'create rule dropped', "        openRuleCondition(at, 'create'),\n", ''),
  writes('plan-update', 'update rule dropped', '          openRuleCondition(at, request.rule),\n', ''),
  writes(
    'plan-delete',
    'delete rule dropped',
    ': allOf(readableCondition(at), openRuleCondition(at, request.rule)),',
    ': readableCondition(at),',
  ),
  writes(
    'writable',
    'field rules dropped in writes',
    'if (rule === undefined) return always\n      const condition',
    'if (rule !== null) return always\n      const condition',
  ),
  writes(
    'writable',
    'connected to rows that the caller may not read',
    'if (isAlways(readable)) return always',
    'if (readable !== null) return always',
  ),
  writes(
    'plan-update',
    'an expected version is not looked at',
    'request.written),\n        ),\n    request.ifVersion ? versionCondition(at) : always,\n',
    'request.written),\n        ),\n',
  ),
  writes(
    'plan-update',
    'versions do not count',
    'if (request.version && versionField',
    'if (!request.version && versionField',
  ),
  writes(
    'plan-status',
    'update rule dropped in what a write looks up',
    "operation === 'link' ? always : ruleCondition(at, operation)",
    'always',
  ),
  writes(
    'plan-status',
    'upsert onto a row that may not be read',
    "truth('$readable', readableOrNever(at, withDeleted)),",
    "truth('$readable', always),",
  ),
  writes(
    'readable',
    'a write gives back what its writer may not read',
    "return isNever(ruleCondition(at, 'read')) ? never : readableCondition(at, withDeleted)",
    'return scopeCondition(at, withDeleted)',
  ),
]
