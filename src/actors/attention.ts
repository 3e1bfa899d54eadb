/**
 * Whose turn it is: for each change the roles and people it waits for, and what for. A ballot waits for those who could
 * satisfy it; a state waits for whoever may take it further. Comments, retractions and vetoes are possible, not waited for.
 */
import { type CompiledWorkflow, enabled, type Leaving } from '../machines/compile.ts';
import type { ChangeContext } from '../machines/context.ts';
import { blockersOf, type Dependency, sentenceOf } from '../machines/dependencies.ts';
import type { BallotView } from './standings.ts';

export interface Waiting {
  /** Any of these roles may act; empty where people are named, or where no role is needed. */
  readonly roles: readonly string[];
  /** Principals it waits for by name: the author, owners of touched files. */
  readonly principals: readonly string[];
  /** Who may act instead of somebody who is waited for by name, and delegated that. */
  readonly standIns: readonly StandIn[];
  /** Triggers that would do it. */
  readonly triggers: readonly string[];
  /** "needs 2 approvals by security_reviewer because risk is high; has 1", or what the trigger leads to. */
  readonly reason: string;
  /** Since when nothing has moved, ms. */
  readonly since: number;
}

export interface StandIn {
  readonly principal: string;
  readonly for: string;
}

/** The same with those who stand in for the people it names; `standInsFor` knows who delegated to whom. */
export async function withStandIns(
  waiting: readonly Waiting[],
  standInsFor: (principals: readonly string[]) => Promise<readonly StandIn[]>,
): Promise<Waiting[]> {
  return Promise.all(
    waiting.map(async (each) =>
      each.principals.length === 0 ? each : { ...each, standIns: await standInsFor(each.principals) },
    ),
  );
}

/** What an open change waits for; nothing where it is closed or suspended. */
export function attentionOf(
  workflow: CompiledWorkflow,
  snapshot: { readonly context: ChangeContext; readonly value: Parameters<typeof enabled>[1] },
  ballots: Readonly<Record<string, BallotView>>,
  since: number,
): Waiting[] {
  const { context, value } = snapshot;
  if (context.suspended) return [];
  if (typeof value === 'string' && workflow.outcomes.has(value)) return [];
  const here = enabled(workflow, value);
  const votes = here.filter((rule) => rule.ballot !== undefined);
  const asked = [...new Set(votes.flatMap(({ ballot }) => ballot ?? []))];
  return [
    ...blockersOf(context).map((blocker) => dependencyWaits(blocker, since)),
    ...asked.flatMap((ballot) => ballotWaits(ballot, votes, ballots[ballot], workflow, context, since)),
    ...stepsOf(here.filter((rule) => rule.ballot === undefined)).map((rules) => stepWaits(rules, since)),
  ];
}

/** What it depends on is for others to finish: nobody's turn here. */
function dependencyWaits(blocker: Dependency, since: number): Waiting {
  const reason = `depends on ${sentenceOf(blocker)}`;
  return { roles: [], principals: [], standIns: [], triggers: [], reason, since };
}

function ballotWaits(
  name: string,
  votes: readonly Leaving[],
  standing: BallotView | undefined,
  { definition }: CompiledWorkflow,
  { escalated, revision }: ChangeContext,
  since: number,
): Waiting[] {
  if (standing?.status !== 'unsatisfied') return [];
  const ballot = definition.ballots?.[name];
  const approving = votes.filter((rule) => {
    const value = ballot?.cast[rule.trigger]?.value;
    return rule.ballot === name && typeof value === 'number' && value > 0;
  });
  const roles = approving.flatMap(({ roles: own, from }) => [...own, ...(escalated[from] ?? [])]);
  const missing = standing.needs.flatMap((need) => need.missing);
  const owners = (revision?.owners ?? []).filter((group) => missing.includes(group.name));
  const open = standing.needs.filter(({ satisfied }) => !satisfied).map(({ sentence }) => sentence);
  const reason = standing.vetoed ? `${name} is vetoed` : open.join('; ');
  return [
    {
      roles: [...new Set(roles)],
      principals: [...new Set(owners.flatMap(({ members }) => members))],
      standIns: [],
      triggers: [...new Set(approving.map(({ trigger }) => trigger))],
      reason: `${standing.title ?? name}: ${reason}`,
      since,
    },
  ];
}

/** Ways on that the same roles may take are one thing to wait for. */
function stepsOf(rules: readonly Leaving[]): Leaving[][] {
  const byRoles = new Map<string, Leaving[]>();
  for (const rule of rules) {
    const key = `${rule.roles.join()} ${rule.by.join()}`;
    byRoles.set(key, [...(byRoles.get(key) ?? []), rule]);
  }
  return [...byRoles.values()];
}

function stepWaits(rules: readonly Leaving[], since: number): Waiting {
  const triggers = [...new Set(rules.map(({ trigger }) => trigger))];
  const ways = rules.map(({ trigger, to }) => `${trigger} → ${to}`);
  return {
    roles: rules[0]?.roles ?? [],
    principals: [],
    standIns: [],
    triggers,
    reason: [...new Set(ways)].join(', '),
    since,
  };
}
