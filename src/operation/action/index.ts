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
export type {
  ActionCall,
  ActionCaller,
  ActionOptions,
  InputDeclaration,
  InputValues,
  OutputDeclaration,
  OutputValues,
} from './action-types.ts'
export { type ActionPorts, callAction, type CallInput, requireAllowed } from './call.ts'
