/** What authors of workflows import. */

/** Conditions as a typed builder: `conditions.is('attributes.risk', 'high')` is the tree of `attributes.risk == "high"`. */
export * as conditions from './machines/conditions/typed.ts';
export type { Outcome, PrincipalKind } from './machines/definition.ts';
export { workflow } from './machines/workflow.ts';
