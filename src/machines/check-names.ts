/** Do all names refer to something, and is everything declared used? Ballots and attributes have files of their own. */
import { scopePath, transitionPath } from './check-paths.ts';
import { rulesOf } from './check-rules.ts';
import type { Definition, State } from './definition.ts';
import { type Finding, finding, type SourcePath } from './findings.ts';
import { type Scope, scopesOf } from './paths.ts';

/** Findings about names, for the definition and all its regions. */
export function checkNames(definition: Definition): Finding[] {
  const scopes = scopesOf(definition);
  return [
    ...scopes.flatMap(stateNames),
    ...ruleNames(definition),
    ...scopes.flatMap((scope) => timerRoles(scope, definition)),
    ...includedRoles(definition),
    ...reopenings(definition),
    ...superseding(definition),
    ...voidings(definition),
    ...unused(definition),
  ];
}

function stateNames(scope: Scope): Finding[] {
  const findings: Finding[] = [];
  const isKnown = (name: string) => Object.hasOwn(scope.states, name);
  const known = `known here: ${Object.keys(scope.states).join(', ')}`;
  if (!isKnown(scope.initial))
    findings.push(
      finding('UNKNOWN_INITIAL', `The initial state "${scope.initial}" does not exist; ${known}.`, [
        ...scopePath(scope),
        'initial',
      ]),
    );
  for (const transition of scope.transitions)
    for (const name of new Set([transition.from, transition.to]))
      if (!isKnown(name))
        findings.push(
          finding(
            'UNKNOWN_STATE',
            `"${transition.from} -> ${transition.to}" names the unknown state "${name}"; ${known}.`,
            transitionPath(scope, transition),
            'key',
          ),
        );
  return findings;
}

function ruleNames(definition: Definition): Finding[] {
  const findings = rulesOf(definition).flatMap(({ rule, at, trigger }) => [
    ...(trigger && !definition.triggers.includes(trigger.name)
      ? [
          finding(
            'UNKNOWN_TRIGGER',
            `The trigger "${trigger.name}" is not declared; add it to "triggers".`,
            trigger.path,
            trigger.at,
          ),
        ]
      : []),
    ...rule.roles.flatMap((role) => unknownRole(definition, role, at('role'))),
  ]);
  return distinct(findings);
}

/** What several rules say in one place is reported once. */
export function distinct(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((each) => [JSON.stringify([each.path, each.message]), each])).values()];
}

function timerRoles(scope: Scope, definition: Definition): Finding[] {
  return Object.entries(scope.states).flatMap(([name, state]) =>
    Object.entries(state.timers ?? {}).flatMap(([timer, { escalate, remind }]) =>
      Object.entries({ escalate, remind }).flatMap(([key, role]) =>
        unknownRole(definition, role, [...scopePath(scope), 'states', name, 'timers', timer, key]),
      ),
    ),
  );
}

/** A finding where the role is not declared. */
export function unknownRole({ roles }: Definition, role: string | undefined, path: SourcePath): Finding[] {
  if (role === undefined || roles.includes(role)) return [];
  return [finding('UNKNOWN_ROLE', `The role "${role}" is not declared; add it to "roles".`, path)];
}

function includedRoles(definition: Definition): Finding[] {
  const { includes = {} } = definition;
  const findings = Object.entries(includes).flatMap(([role, included]) => {
    const path = ['includes', role];
    const isKnown = definition.roles.includes(role);
    return [
      ...(isKnown
        ? []
        : unknownRole(definition, role, path).map((each) => ({ ...each, at: 'key' as const }))),
      ...included.flatMap((each) => unknownRole(definition, each, path)),
    ];
  });
  const reported = new Set<string>();
  for (const role of Object.keys(includes)) {
    const held = holding(includes, role);
    const circle = [...held].filter((each) => holding(includes, each).has(role)).sort();
    if (!circle.includes(role) || reported.has(circle.join())) continue;
    reported.add(circle.join());
    const message = `The roles ${circle.join(', ')} include each other, so they are one role under several names; keep one of them, or remove an inclusion.`;
    findings.push({ ...finding('INCLUDES_CYCLE', message, ['includes', role], 'key'), severity: 'warning' });
  }
  return findings;
}

/** The roles that are held with this one; itself only where it includes itself in the end. */
export function holding(includes: Definition['includes'] = {}, role: string): Set<string> {
  const of = (name: string) => (Object.hasOwn(includes, name) ? (includes[name] ?? []) : []);
  const held = new Set(of(role));
  for (const each of held) for (const other of of(each)) held.add(other);
  return held;
}

function reopenings({ states, ballots = {} }: Definition): Finding[] {
  return Object.entries(states).flatMap(([name, { reopen }]): Finding[] => {
    if (!reopen) return [];
    const path = ['states', name, 'reopen', 'to'];
    const target = Object.hasOwn(states, reopen.to) ? states[reopen.to] : undefined;
    const lost = unknownBallots(reopen.void, ballots, ['states', name, 'reopen', 'void']);
    if (!target) {
      const message = `The reopening of "${name}" leads to the unknown state "${reopen.to}"; known here: ${Object.keys(states).join(', ')}.`;
      return [finding('UNKNOWN_STATE', message, path), ...lost];
    }
    if (!target.final) return lost;
    const message = `The reopening of "${name}" leads to "${reopen.to}", which is final; name a state in which the change goes on.`;
    return [finding('REOPENED_TO_FINAL', message, path), ...lost];
  });
}

function superseding({ states, supersede }: Definition): Finding[] {
  if (!supersede) return [];
  const { to } = supersede;
  const path = ['supersede', 'to'];
  const target = Object.hasOwn(states, to) ? states[to] : undefined;
  if (!target) {
    const message = `Superseding leads to the unknown state "${to}"; known here: ${Object.keys(states).join(', ')}.`;
    return [finding('UNKNOWN_STATE', message, path)];
  }
  if (target.final) return [];
  const message = `Superseding leads to "${to}", which is not final; name a state in which the change ends.`;
  return [finding('SUPERSEDED_TO_OPEN', message, path)];
}

function voidings(definition: Definition): Finding[] {
  return scopesOf(definition).flatMap((scope) =>
    scope.transitions.flatMap((each) =>
      unknownBallots(each.void, definition.ballots ?? {}, [...transitionPath(scope, each), 'void']),
    ),
  );
}

/** Findings for names of ballots that do not exist. */
export function unknownBallots(
  names: readonly string[] | undefined,
  ballots: Readonly<Record<string, unknown>>,
  path: SourcePath,
): Finding[] {
  const known = Object.keys(ballots);
  return (names ?? [])
    .filter((name) => !Object.hasOwn(ballots, name))
    .map((name) => {
      const advice = known.length > 0 ? `known: ${known.join(', ')}` : 'the workflow declares none';
      return finding('UNKNOWN_BALLOT', `There is no ballot "${name}"; ${advice}.`, path);
    });
}

function unused(definition: Definition): Finding[] {
  const rules = rulesOf(definition);
  const roles = new Set([
    ...rules.flatMap(({ rule }) => rule.roles),
    ...scopesOf(definition).flatMap(({ states }) => timedRoles(Object.values(states))),
    ...Object.keys(definition.includes ?? {}),
    ...Object.values(definition.ballots ?? {}).flatMap(({ needs, weights = {} }) => [
      ...Object.keys(weights),
      ...needs.flatMap((need) => ('of' in need && need.of !== 'owners' ? (need.of ?? []) : [])),
    ]),
  ]);
  const triggers = new Set(rules.flatMap(({ trigger }) => (trigger ? [trigger.name] : [])));
  const warn = (code: 'UNUSED_ROLE' | 'UNUSED_TRIGGER', list: readonly string[], used: ReadonlySet<string>) =>
    list.flatMap((name, index): Finding[] => {
      if (used.has(name)) return [];
      const [what, key] = code === 'UNUSED_ROLE' ? ['role', 'roles'] : ['trigger', 'triggers'];
      const message = `Nothing uses the ${what} "${name}"; use it or remove it.`;
      return [{ ...finding(code, message, [key, index]), severity: 'warning' }];
    });
  return [
    ...warn('UNUSED_ROLE', definition.roles, roles),
    ...warn('UNUSED_TRIGGER', definition.triggers, triggers),
  ];
}

function timedRoles(states: readonly State[]): string[] {
  return states.flatMap(({ timers }) =>
    Object.values(timers ?? {}).flatMap(({ escalate, remind }) => [escalate ?? [], remind ?? []].flat()),
  );
}
