/** What only planning finds wrong with a declared route. Each is planned when the application starts, and not first when somebody asks. */
import type { Engine } from '../../engine/index.ts'
import { PlinthError } from '../../error/index.ts'
import { selectionOf } from '../../operation/index.ts'
import { planFind } from '../../plan/index.ts'
import { emptyFind, type FindRequest } from '../../query/index.ts'
import { MistakenRoute, type RouteDeclaration } from './declaration.ts'
import { requestOf } from './list-handler.ts'
import { wrong } from './route-path.ts'

export function planMistake({ graph, limits, store }: Engine, route: RouteDeclaration): readonly MistakenRoute[] {
  const request = plannedOf(route)
  if (request === null) return []
  try {
    // For the system: what rules refuse depends on who asks.
    const { name, capabilities } = store
    planFind(request, { graph, limits, store: name, capabilities, caller: 'system', answer: () => true })
    return []
  } catch (error) {
    if (!(error instanceof PlinthError)) throw error
    return [new MistakenRoute(wrong(route.declaredPath, error.message.replace(/\.$/, '')), route.place ?? '')]
  }
}

/** A list with all its filters; of other routes the rows that they answer with. */
function plannedOf(route: RouteDeclaration): FindRequest | null {
  if (route.kind === 'list') return requestOf(route, route.filters, route.paging === 'cursor' ? 'after' : null)
  const answered = route.kind === 'function' ? route.parts.output : route
  const projection = 'projection' in answered ? answered.projection : null
  return projection === null ? null : { ...emptyFind, model: projection.model, select: selectionOf(projection) }
}
