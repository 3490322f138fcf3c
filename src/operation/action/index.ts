/** Actions: what happens besides creating, changing and deleting rows. */
export {
  Action,
  action,
  type ActionOutput,
  type ActionParts,
  actionParts,
  allowCondition,
  type UntypedActionOptions,
} from './action.ts'
export type { ActionCall, ActionRequest, ActionOptions, InputDeclaration, OutputDeclaration } from './action-types.ts'
export { type ActionPorts, callAction, requireAllowed } from './call.ts'
