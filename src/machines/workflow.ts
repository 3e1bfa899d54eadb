/**
 * The typed spelling of a workflow: `tsc` checks it, editors complete it, and at run time it is only data.
 *
 * Every part that declares names has a type parameter of its own. An editor that completes inside one part infers nothing
 * from that part, and takes the names from the others.
 */
import type { CheckedAttributes } from './types/attributes.ts';
import type { CheckedBallots } from './types/ballots.ts';
import type {
  CheckedIncludes,
  CheckedStates,
  CheckedSuspension,
  CheckedTransitions,
  Part,
} from './types/checked.ts';
import type { FromOf, Names } from './types/graph.ts';
import type { RegionHints, StateHints } from './types/hints.ts';
import type { Places } from './types/places.ts';
import type { Known, NoOtherKeys } from './types/problem.ts';
import type { CheckedRule, Declared } from './types/rule.ts';
import type { StateShape, TransitionsShape, WorkflowShape } from './types/shape.ts';
import type { CheckedSuperseding } from './types/state.ts';

type StatesShape = Readonly<Record<string, StateShape>>;

/** What is expected of a source whose literal type is `W`, part by part. */
interface Expected<
  W extends WorkflowShape,
  Role extends string,
  Trigger extends string,
  States extends StatesShape,
  Transitions extends TransitionsShape,
  State extends string,
  Region extends string,
  Inner,
  Ballot extends string,
  D extends Declared,
> {
  readonly roles: readonly Role[];
  readonly includes?: CheckedIncludes<Part<W, 'includes'>, D['role']>;
  readonly triggers: readonly Trigger[];
  readonly attributes?: CheckedAttributes<Part<W, 'attributes'>, D>;
  readonly ballots?: { readonly [B in Ballot]: unknown } & CheckedBallots<Part<W, 'ballots'>, D>;
  readonly revisions?: CheckedRule<Part<W, 'revisions'>, D>;
  readonly suspension?: CheckedSuspension<Part<W, 'suspension'>, D>;
  readonly supersede?: CheckedSuperseding<Part<W, 'supersede'>, NoInfer<States>, D>;
  readonly initial: Known<W['initial'], Names<NoInfer<States>>, 'state'>;
  readonly states: States &
    CheckedStates<W, D> &
    RegionHints<Inner> &
    StateHints<State, Region, FromOf<keyof NoInfer<Transitions>>, D>;
  readonly transitions: Transitions & CheckedTransitions<NoInfer<Transitions>, NoInfer<States>, D>;
}

interface DeclaredIn<Role extends string, Trigger extends string, States, Ballot extends string>
  extends Declared {
  readonly role: Role;
  readonly trigger: Trigger;
  readonly ballot: Ballot;
  readonly place: Places<States>;
}

/** Returns the literal it is given: plain data that can be written as JSON or TOML just as well. */
export function workflow<
  const Role extends string,
  const Trigger extends string,
  const States extends StatesShape,
  const Transitions extends TransitionsShape,
  const State extends string,
  const Region extends string,
  const Inner,
  const W extends WorkflowShape,
  const Ballot extends string = never,
>(
  source: W &
    Expected<
      W,
      Role,
      Trigger,
      States,
      Transitions,
      State,
      Region,
      Inner,
      Ballot,
      DeclaredIn<NoInfer<Role>, NoInfer<Trigger>, NoInfer<States>, NoInfer<Ballot>>
    > &
    NoOtherKeys<W, keyof WorkflowShape>,
): W {
  return source;
}
