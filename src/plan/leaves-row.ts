/** Whether a part of a plan speaks of other rows: of related ones, or of fields at the end of a path. */
export function leavesRow(part: unknown): boolean {
  if (Array.isArray(part)) return part.some(leavesRow)
  if (typeof part !== 'object' || part === null) return false
  if ('kind' in part && (part.kind === 'some' || part.kind === 'aggregate')) return true
  if ('path' in part && Array.isArray(part.path) && part.path.length > 0) return true
  return Object.values(part).some(leavesRow)
}
