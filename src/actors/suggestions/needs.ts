/** What a change still needs from people, one thing at a time, with those who could give it. */
import type { StateValue } from 'xstate';
import type { Need } from '../../machines/ballot.ts';
import { type CompiledWorkflow, enabled, type Leaving } from '../../machines/compile.ts';
import type { ChangeContext } from '../../machines/context.ts';
import { factsOf, holds } from '../../machines/facts.ts';
import { needsOf } from '../../machines/standing.ts';
import { attentionOf } from '../attention.ts';
import { standingsOf } from '../standings.ts';

export interface OpenNeed {
  /** Null where no votes are counted: whoever holds the role may take the change further. */
  readonly ballot: string | null;
  /** "needs 2 approvals by security_reviewer because risk is high; has 1", or what the triggers lead to. */
  readonly sentence: string;
  /** What can be sent for it. */
  readonly rules: readonly Leaving[];
  /** Any of these roles is wanted; empty where none is, or owners are. */
  readonly roles: readonly string[];
  /** Groups of owners, each with its members; "*" is anyone. Null where it is not owners who are wanted. */
  readonly owners: readonly { readonly name: string; readonly members: readonly string[] }[] | null;
}

interface Snapshot {
  readonly context: ChangeContext;
  readonly value: StateValue;
}

/** Ballots first, then steps that need a role. Nothing while the change is suspended. */
export function openNeeds(workflow: CompiledWorkflow, { context, value }: Snapshot): OpenNeed[] {
  if (context.suspended) return [];
  const rules = enabled(workflow, value);
  const asked = [...new Set(rules.flatMap(({ ballot }) => ballot ?? []))];
  return [
    ...asked.flatMap((name) => needsOfBallot(name, workflow, { context, value }, rules)),
    ...stepsOf(workflow, { context, value }, rules),
  ];
}

function needsOfBallot(
  name: string,
  { definition }: CompiledWorkflow,
  { context, value }: Snapshot,
  enabledRules: readonly Leaving[],
): OpenNeed[] {
  const ballot = definition.ballots?.[name];
  const standing = standingsOf(definition, context, value)[name];
  if (!ballot || standing?.status !== 'unsatisfied') return [];
  const rules = enabledRules.filter(({ ballot: of, trigger }) => {
    const cast = ballot.cast[trigger]?.value;
    return of === name && typeof cast === 'number' && cast > 0;
  });
  const facts = factsOf(definition, context, value);
  const needs = needsOf(ballot, name, context, (text) => holds(text, facts));
  const title = ballot.title ?? name;
  return needs
    .filter(({ isAsked }) => isAsked)
    .flatMap(({ need, isSatisfied, missing }, index): OpenNeed[] => {
      if (isSatisfied) return [];
      const sentence = `${title}: ${standing.needs[index]?.sentence ?? ''}`;
      const wanted = wantedBy(need, missing, rules, context);
      return [{ ballot: name, sentence, rules, ...wanted }];
    });
}

function wantedBy(
  need: Need,
  missing: readonly string[],
  rules: readonly Leaving[],
  { revision, escalated }: ChangeContext,
): Pick<OpenNeed, 'roles' | 'owners'> {
  if (need.kind === 'each' && need.of === 'owners')
    return { roles: [], owners: (revision?.owners ?? []).filter(({ name }) => missing.includes(name)) };
  if (need.kind === 'each') return { roles: missing, owners: null };
  if ('of' in need && need.of !== undefined) return { roles: [need.of], owners: null };
  const may = rules.flatMap(({ roles, from }) => [...roles, ...(escalated[from] ?? [])]);
  return { roles: [...new Set(may)], owners: null };
}

/** Steps for which a role is needed; what anybody may do is asked of nobody. */
function stepsOf(
  workflow: CompiledWorkflow,
  { context, value }: Snapshot,
  enabledRules: readonly Leaving[],
): OpenNeed[] {
  const waits = attentionOf(workflow, { context, value }, {}, 0);
  return waits.flatMap(({ roles, triggers, reason }): OpenNeed[] => {
    const rules = enabledRules.filter(
      (rule) => rule.ballot === undefined && triggers.includes(rule.trigger) && same(rule.roles, roles),
    );
    if (roles.length === 0 || rules.length === 0) return [];
    const also = rules.flatMap(({ from }) => context.escalated[from] ?? []);
    return [
      { ballot: null, sentence: reason, rules, roles: [...new Set([...roles, ...also])], owners: null },
    ];
  });
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.join('\0') === b.join('\0');
}
