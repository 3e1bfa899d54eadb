/**
 * Who comes into question for a need, and who may not: everybody who was seen acting in a wanted role, whom the directory
 * grants it, and owners. May they? The machine's own rule is asked, as if they sent it now.
 */
import type { StateValue } from 'xstate';
import type { Refusal } from '../../errors.ts';
import { type CompiledWorkflow, type Leaving, refusalOf } from '../../machines/compile.ts';
import type { ChangeContext } from '../../machines/context.ts';
import type { PrincipalKind } from '../../machines/definition.ts';
import { votesOf } from '../../machines/standing.ts';
import type { Act } from '../../persistence/history-records.ts';
import { withIncluded } from '../beginning.ts';
import type { Principal } from '../commands.ts';
import type { OpenNeed } from './needs.ts';

/** What the tenant's directory says of people, for the change in question. */
export interface Staff {
  /** With the roles and the sponsor that the directory adds. */
  readonly known: (principal: Principal) => Principal;
  /** Who is granted one of these roles. */
  readonly holders: (roles: readonly string[]) => readonly string[];
}

export interface Candidate {
  readonly principal: Principal;
  /** Names of the groups that want them. */
  readonly owns: readonly string[];
}

export interface Question {
  readonly workflow: CompiledWorkflow;
  readonly context: ChangeContext;
  readonly value: StateValue;
  readonly tenant: string;
  /** ms */
  readonly now: number;
}

/** People and agents as the log shows them: the roles they acted in, and what they sent. */
export interface Seen {
  readonly principal: Principal;
  readonly sent: ReadonlySet<string>;
}

export function seenIn(tenant: string, acts: readonly Act[]): Map<string, Seen> {
  const seen = new Map<string, { kind: PrincipalKind; roles: Set<string>; sent: Set<string> }>();
  for (const { principal, principalKind, role, event } of acts) {
    const known = seen.get(principal) ?? {
      kind: principalKind as PrincipalKind,
      roles: new Set(),
      sent: new Set(),
    };
    if (role !== null) known.roles.add(role);
    known.sent.add(event);
    seen.set(principal, known);
  }
  return new Map(
    [...seen].map(([id, { kind, roles, sent }]) => [
      id,
      { principal: { tenant, id, kind, roles: [...roles] }, sent },
    ]),
  );
}

export function candidatesFor(
  need: OpenNeed,
  seen: ReadonlyMap<string, Seen>,
  staff: Staff,
  { workflow, tenant }: Question,
): Candidate[] {
  const asKnown = (id: string): Principal => {
    const principal = seen.get(id)?.principal ?? { tenant, id, kind: 'person', roles: [] };
    return withIncluded(workflow.definition, staff.known(principal));
  };
  if (need.owners !== null) return ownersFor(need.owners, seen, asKnown);
  const roles = need.roles;
  const triggers = need.rules.map(({ trigger }) => trigger);
  const ids = new Set([...seen.keys(), ...staff.holders(roles)]);
  const all = [...ids].map((id) => ({ principal: asKnown(id), owns: [] }));
  const held = all.filter(({ principal }) => principal.roles.some((role) => roles.includes(role)));
  if (held.length > 0) return held;
  // The log names the role that let a vote in, which need not be the role that makes it count.
  return all.filter(({ principal }) => triggers.some((each) => seen.get(principal.id)?.sent.has(each)));
}

function ownersFor(
  groups: NonNullable<OpenNeed['owners']>,
  seen: ReadonlyMap<string, Seen>,
  asKnown: (id: string) => Principal,
): Candidate[] {
  const owns = new Map<string, string[]>();
  // Anyone, and teams that nobody resolved, are not somebody to ask.
  for (const { name, members } of groups)
    for (const id of members.includes('*') ? [...seen.keys(), ...members] : members)
      if (id !== '*' && !id.startsWith('@')) owns.set(id, [...(owns.get(id) ?? []), name]);
  return [...owns].map(([id, names]) => ({ principal: asKnown(id), owns: [...new Set(names)] }));
}

/** Why they may not, in the words they would get, or undefined where they may. */
export function exclusionOf(
  need: OpenNeed,
  { principal }: Candidate,
  { workflow, context, value, now }: Question,
): string | undefined {
  const { ballot } = need;
  if (ballot !== null) {
    const own = votesOf(context, ballot).filter(
      ({ by, parties }) => by === principal.id || parties.includes(principal.id),
    );
    if (own.some((vote) => vote.value > 0)) return `${principal.id} has approved already.`;
  }
  const refusals = need.rules.map((rule): Refusal | undefined => {
    // Which roles an owner holds now need not be known here, and how somebody will have signed in is not: neither excludes.
    const holds = rule.roles.length === 0 || rule.roles.some((role) => principal.roles.includes(role));
    const roles = holds ? principal.roles : [...principal.roles, ...rolesFor(rule)];
    const sender = { ...principal, roles, session: { id: 'asked', factors: 2, at: now } };
    const event = { type: rule.trigger, principal: sender, reason: 'given when it is sent', value, at: now };
    return refusalOf(workflow.definition, rule, context, event);
  });
  return refusals.every((each) => each !== undefined) ? refusals[0]?.message : undefined;
}

function rolesFor({ roles }: Leaving): readonly string[] {
  return roles.slice(0, 1);
}
