/** A plain walk of a machine from any place: can an outcome still be reached? Written without looking at the proof. */
import type { StateValue } from 'xstate';
import { type CompiledWorkflow, next, restore, type Snapshot } from '../../src/machines/compile.ts';
import { person } from './build.ts';

/** By sending every trigger to everything that is reached. What is done already is told so, as a migration does. */
export function exploreFrom(workflow: CompiledWorkflow, value: StateValue): boolean {
  const { definition } = workflow;
  const start = restore(workflow, { value, context: { author: 'ann', escalated: {} }, status: 'active' });
  const [top = ''] = typeof value === 'string' ? [value] : Object.keys(value);
  const events = [
    ...definition.triggers.map((type) => ({ type, principal: person('bob', ...definition.roles) })),
    ...[...workflow.timers.keys()].map((type) => ({ type })),
  ];
  const told = next(workflow, start, { type: `xstate.done.state.${definition.name}.${top}` }).snapshot;
  const found = new Map<string, Snapshot>([[JSON.stringify(told.value), told]]);
  for (const snapshot of found.values()) {
    if (typeof snapshot.value === 'string' && workflow.outcomes.has(snapshot.value)) return true;
    for (const event of events) {
      const after = next(workflow, snapshot, event).snapshot;
      const key = JSON.stringify(after.value);
      if (!found.has(key)) found.set(key, after);
    }
  }
  return false;
}
