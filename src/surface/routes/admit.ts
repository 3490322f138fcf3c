/** Whom a declared route is closed to, whatever they send. */
import { isAlways, type Predicate } from '../../model/index.ts'
import { requireAllowed } from '../../operation/index.ts'
import type { Caller } from '../../query/index.ts'
import { admission, type AdmittedOperation } from '../contract/index.ts'
import type { RouteDeclaration } from './declaration.ts'
import { callerKey, type RouteContext } from './route-context.ts'

const operations: Readonly<Record<Exclude<RouteDeclaration['kind'], 'function'>, AdmittedOperation>> = {
  list: 'read',
  one: 'read',
  create: 'create',
  update: 'update',
  remove: 'delete',
  link: 'read',
}

/** Everybody is admitted. Otherwise an answer is for those who are, also when nothing in it depends on who asks (semantics 29). */
export const admitsAll = ({ allow }: { readonly allow: Predicate }): boolean => isAlways(allow)

/** `name`: what the route is called in messages. */
export function admitter({ engine }: RouteContext, route: RouteDeclaration, name: string): (caller: Caller) => void {
  if (route.kind === 'function') return caller => requireAllowed(engine, route.parts, name, caller)
  const { model, kind } = route
  const rules = admission(engine, engine.model(model), operations[kind])
  const isOwn = kind === 'link' || ('row' in route && route.row === 'caller')
  return caller => {
    requireAllowed(engine, route, name, caller)
    if (isOwn) callerKey(caller, model)
    rules(caller)
  }
}
