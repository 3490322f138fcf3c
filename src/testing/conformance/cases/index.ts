/** All cases, in groups. */
import type { CaseGroup } from '../case.ts'
import { aggregateGroups } from './aggregates.ts'
import { calculationGroup } from './calculations.ts'
import { edgeGroup } from './edges.ts'
import { hookGroup } from './hooks.ts'
import { includeGroup } from './includes.ts'
import { letterCaseGroup } from './letter-case.ts'
import { linkGroup } from './links.ts'
import { kindGroups, kindSamples } from './kinds.ts'
import { pagingGroup } from './paging.ts'
import { relationGroups } from './relations.ts'
import { ruleGroup } from './rules.ts'
import { textGroup } from './text.ts'
import { transactionGroup } from './transactions.ts'
import { violationGroup } from './violations.ts'
import { writeGroups } from './writes.ts'

export const groups: readonly CaseGroup[] = [
  ...kindGroups,
  textGroup,
  letterCaseGroup,
  ...relationGroups,
  pagingGroup,
  includeGroup,
  linkGroup,
  ...aggregateGroups,
  calculationGroup,
  ruleGroup,
  ...writeGroups,
  hookGroup,
  violationGroup,
  transactionGroup,
  edgeGroup,
]

export { kindSamples }
