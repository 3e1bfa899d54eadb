/** Do all names refer to something, and is everything declared used? */
import type { Definition, State, Transition } from './definition.ts';
import { type Finding, finding, type SourcePath } from './findings.ts';
import { type Scope, scopesOf } from './paths.ts';

/** Path of a scope in the source: the definition itself, or one region. */
export function scopePath(scope: Scope): SourcePath {
  const [state, region] = scope.prefix.split('.');
  return state && region ? ['states', state, 'regions', region] : [];
}

/** Path of a transition in the source: its key, and which of the transitions written under that key. */
export function transitionPath(scope: Scope, transition: Transition): SourcePath {
  const { from, to } = transition;
  const siblings = scope.transitions.filter((each) => each.from === from && each.to === to);
  return [...scopePath(scope), 'transitions', `${from} -> ${to}`, siblings.indexOf(transition)];
}

/** Findings about names, for the definition and all its regions. */
export function checkNames(definition: Definition): Finding[] {
  const scopes = scopesOf(definition);
  return [
    ...scopes.flatMap((scope) => [...stateNames(scope), ...ruleNames(scope, definition)]),
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

function ruleNames(scope: Scope, { roles, triggers }: Definition): Finding[] {
  const findings: Finding[] = [];
  for (const transition of scope.transitions) {
    if (transition.on !== 'trigger') continue;
    const path = transitionPath(scope, transition);
    if (!triggers.includes(transition.trigger))
      findings.push(
        finding(
          'UNKNOWN_TRIGGER',
          `The trigger "${transition.trigger}" is not declared; add it to "triggers".`,
          [...path, 'trigger'],
        ),
      );
    for (const role of transition.roles)
      if (!roles.includes(role)) findings.push(unknownRole(role, [...path, 'role']));
  }
  for (const [name, state] of Object.entries(scope.states))
    for (const [timer, { escalate }] of Object.entries(state.timers ?? {}))
      if (!roles.includes(escalate))
        findings.push(
          unknownRole(escalate, [...scopePath(scope), 'states', name, 'timers', timer, 'escalate']),
        );
  return findings;
}

function unknownRole(role: string, path: SourcePath): Finding {
  return finding('UNKNOWN_ROLE', `The role "${role}" is not declared; add it to "roles".`, path);
}

function unused(definition: Definition): Finding[] {
  const roles = new Set<string>();
  const triggers = new Set<string>();
  for (const { transitions, states } of scopesOf(definition)) {
    for (const each of transitions)
      if (each.on === 'trigger') {
        triggers.add(each.trigger);
        for (const role of each.roles) roles.add(role);
      }
    for (const role of escalationRoles(Object.values(states))) roles.add(role);
  }
  const warn = (code: 'UNUSED_ROLE' | 'UNUSED_TRIGGER', list: readonly string[], used: ReadonlySet<string>) =>
    list.flatMap((name, index): Finding[] => {
      if (used.has(name)) return [];
      const [what, key] = code === 'UNUSED_ROLE' ? ['role', 'roles'] : ['trigger', 'triggers'];
      const message = `No transition uses the ${what} "${name}"; use it or remove it.`;
      return [{ ...finding(code, message, [key, index]), severity: 'warning' }];
    });
  return [
    ...warn('UNUSED_ROLE', definition.roles, roles),
    ...warn('UNUSED_TRIGGER', definition.triggers, triggers),
  ];
}

function escalationRoles(states: readonly State[]): string[] {
  return states.flatMap(({ timers }) => Object.values(timers ?? {}).map(({ escalate }) => escalate));
}
