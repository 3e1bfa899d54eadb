/** What authors of workflows import. */

export type { Outcome, PrincipalKind } from './machines/definition.ts';
export { workflow } from './machines/workflow.ts';
