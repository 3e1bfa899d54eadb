/** The structural check of one scope, given which of its transitions can fire. Regions and the definition itself alike. */
import { bottomsOf } from './check-bottoms.ts';
import { type Edge, reaching, tracesFrom } from './check-graph.ts';
import { scopePath, transitionPath } from './check-paths.ts';
import type { Joined, Transition } from './definition.ts';
import { formatDuration } from './duration.ts';
import { type Finding, finding } from './findings.ts';
import type { Scope } from './paths.ts';

/** How a transition fires, or why it never does; undefined where that is reported elsewhere. */
export type Firing = { readonly label: readonly string[] } | { readonly never: string | undefined };

/** A transition in a trace: the trigger, `after 24h`, `idle 7d`, `when ballots.code.passed`, `change.revise`. */
export function labelOf(transition: Exclude<Transition, Joined>): string {
  switch (transition.on) {
    case 'trigger':
      return transition.trigger;
    case 'time':
      return `${transition.idle ? 'idle' : 'after'} ${formatDuration(transition.afterMs)}`;
    case 'when':
      return `when ${transition.when}`;
    case 'revision':
      return 'change.revise';
  }
}

export interface ScopeVerdict {
  /** Reachable states with their shortest traces from the scope's start. */
  readonly traces: ReadonlyMap<string, readonly string[]>;
  readonly findings: readonly Finding[];
}

/**
 * Checks one scope; `stuck` names states that are known to hold a change for good (already reported), `superseded` the one in
 * which superseded changes end.
 */
export function checkScope(
  scope: Scope,
  firing: (transition: Transition) => Firing,
  stuck: ReadonlySet<string> = new Set(),
  superseded?: string,
): ScopeVerdict {
  const isKnown = (name: string) => Object.hasOwn(scope.states, name);
  const isFinal = (name: string) => scope.states[name]?.final !== undefined;
  const sane = scope.transitions.filter(({ from, to }) => isKnown(from) && isKnown(to));
  const edges = sane.flatMap((each): Edge[] => {
    const how = firing(each);
    return isFinal(each.from) || 'never' in how ? [] : [{ from: each.from, to: each.to, label: how.label }];
  });
  const traces = isKnown(scope.initial) ? tracesFrom(scope.initial, edges) : new Map<string, string[]>();
  const begins = isKnown(scope.initial) && !isFinal(scope.initial);
  if (superseded !== undefined && isKnown(superseded) && begins && !traces.has(superseded))
    traces.set(superseded, ['change.supersede']);
  const names = Object.keys(scope.states);
  const findings = [
    ...finalFindings(scope, sane),
    ...(isKnown(scope.initial) ? unreachable(scope, names, traces) : []),
    ...deadTransitions(scope, sane, firing, traces),
  ];
  const deadEnds = names.filter((name) => !isFinal(name) && !sane.some(({ from }) => from === name));
  for (const name of deadEnds) findings.push(deadEnd(scope, name, traces.get(name) ?? []));
  if (names.some(isFinal)) {
    const escapes = reaching([...names.filter(isFinal), ...deadEnds, ...stuck], edges);
    const trapped = [...traces.keys()].filter((name) => !escapes.has(name));
    const next = (name: string) => edges.flatMap(({ from, to }) => (from === name ? [to] : []));
    for (const loop of bottomsOf(trapped, next)) findings.push(livelock(scope, loop, traces));
  }
  return { traces, findings };
}

export function finalFindings(scope: Scope, transitions: readonly Transition[]): Finding[] {
  const path = scopePath(scope);
  const findings: Finding[] = [];
  if (!Object.values(scope.states).some(({ final }) => final !== undefined))
    findings.push(
      finding(
        'NO_FINAL_STATE',
        `${whatOf(scope)} has no final state; mark one, as in { final: 'approved' }.`,
        [...path, 'states'],
      ),
    );
  for (const each of transitions) {
    const outcome = scope.states[each.from]?.final;
    if (outcome)
      findings.push(
        finding(
          'FINAL_STATE_LEFT',
          `"${each.from}" is final (${outcome}) and cannot be left; remove the transition or "final".`,
          transitionPath(scope, each),
          'key',
        ),
      );
  }
  return findings;
}

function unreachable(scope: Scope, names: readonly string[], traces: ScopeVerdict['traces']): Finding[] {
  return names
    .filter((name) => !traces.has(name))
    .map((name) =>
      finding(
        'UNREACHABLE_STATE',
        `State "${scope.prefix}${name}" cannot be reached from "${scope.initial}"; add a transition to it or remove it.`,
        [...scopePath(scope), 'states', name],
        'key',
      ),
    );
}

function deadTransitions(
  scope: Scope,
  transitions: readonly Transition[],
  firing: (transition: Transition) => Firing,
  traces: ScopeVerdict['traces'],
): Finding[] {
  return transitions.flatMap((each): Finding[] => {
    const how = firing(each);
    const isReached = traces.has(each.from) || !Object.hasOwn(scope.states, scope.initial);
    if ('label' in how ? isReached : how.never === undefined) return [];
    const why = 'never' in how ? how.never : `"${each.from}" cannot be reached`;
    const message = `"${each.from} -> ${each.to}" can never fire: ${why}.`;
    return [
      {
        ...finding('DEAD_TRANSITION', message, transitionPath(scope, each), 'key'),
        trace: traces.get(each.from) ?? [],
      },
    ];
  });
}

export function deadEnd(scope: Scope, name: string, trace: readonly string[]): Finding {
  const hasRegions = scope.states[name]?.regions !== undefined;
  const path = [...scopePath(scope), 'states', name];
  if (hasRegions) {
    const message = `Nothing joins the regions of "${name}" and nothing leaves it; add a join, as in { join: 'all' }.`;
    return { ...finding('NO_JOIN', message, path, 'key'), trace };
  }
  const message = `State "${scope.prefix}${name}" is not final and nothing leaves it; add a transition or "final".`;
  return { ...finding('DEAD_END', message, path, 'key'), trace };
}

function livelock(scope: Scope, group: readonly string[], traces: ScopeVerdict['traces']): Finding {
  const [name = '', trace = []] =
    group
      .map((each) => [each, traces.get(each) ?? []] as const)
      .toSorted((a, b) => a[1].length - b[1].length)[0] ?? [];
  const message = `From "${scope.prefix}${name}" no final state can be reached (${group.join(', ')}); add a way out.`;
  return { ...finding('LIVELOCK', message, [...scopePath(scope), 'states', name], 'key'), trace };
}

function whatOf(scope: Scope): string {
  return scope.prefix === '' ? 'The workflow' : `Region ${scope.prefix.slice(0, -1)}`;
}
