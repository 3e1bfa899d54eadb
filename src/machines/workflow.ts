/**
 * The typed spelling of a workflow: `tsc` checks it, editors complete it, and at run time it is only data.
 *
 * Every part has a type parameter of its own. An editor that completes inside one part infers nothing from that part, and
 * takes the names from the others.
 */
import type { CheckedStates, CheckedTransitions } from './types/checked.ts';
import type { Names } from './types/graph.ts';
import type { RegionKeys, StateHints } from './types/hints.ts';
import type { Known, NoOtherKeys } from './types/problem.ts';
import type { StateShape, TransitionsShape, WorkflowShape } from './types/shape.ts';

/** What is expected of a source whose literal type is `W`, part by part. */
interface Expected<
  W extends WorkflowShape,
  Role extends string,
  Trigger extends string,
  States extends Readonly<Record<string, StateShape>>,
  Transitions extends TransitionsShape,
  State extends string,
  Region extends string,
  Inner,
> {
  readonly roles: readonly Role[];
  readonly triggers: readonly Trigger[];
  readonly initial: Known<W['initial'], Names<NoInfer<States>>, 'state'>;
  readonly states: States &
    CheckedStates<W, NoInfer<Role>, NoInfer<Trigger>> &
    RegionKeys<Inner> &
    StateHints<State, Region, NoInfer<Role>, NoInfer<Trigger>>;
  readonly transitions: Transitions &
    CheckedTransitions<NoInfer<Transitions>, NoInfer<States>, NoInfer<Role>, NoInfer<Trigger>>;
}

/** Returns the literal it is given: plain data that can be written as JSON or TOML just as well. */
export function workflow<
  const Role extends string,
  const Trigger extends string,
  const States extends Readonly<Record<string, StateShape>>,
  const Transitions extends TransitionsShape,
  const State extends string,
  const Region extends string,
  const Inner,
  const W extends WorkflowShape,
>(
  source: W &
    Expected<W, Role, Trigger, States, Transitions, State, Region, Inner> &
    NoOtherKeys<W, keyof WorkflowShape>,
): W {
  return source;
}
