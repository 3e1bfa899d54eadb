/** The graph of changes in the memory store, answered the plain way. */
import type {
  Dependant,
  EdgeRow,
  GraphNode,
  Happened,
  OpenDependant,
  Standing,
  Target,
} from '../../src/persistence/records.ts';
import type { Held, Tenant } from './memory-commit.ts';

type Direction = 'up' | 'down';

export function standingsIn(tenants: ReadonlyMap<string, Tenant>, targets: readonly Target[]): Standing[] {
  return targets.flatMap((target, index) => {
    const found = behind(tenants.get(target.tenant), target);
    if (!found) return [];
    const [change, { facts, state }] = found;
    const { context } = (state.snapshot ?? {}) as {
      context?: { attributes?: { risk?: unknown }; supersededBy?: string };
    };
    const risk = context?.attributes?.risk ?? (facts.attributes as { readonly risk?: unknown } | null)?.risk;
    const { version, outcome } = state;
    const superseded = outcome !== null && context?.supersededBy !== undefined;
    return [
      {
        place: index + 1,
        change,
        version,
        outcome,
        superseded,
        risk: typeof risk === 'string' ? risk : null,
      },
    ];
  });
}

function behind(
  tenant: Tenant | undefined,
  { project, target }: Pick<Target, 'project' | 'target'>,
): [string, Held] | undefined {
  const named = tenant?.changes.get(target);
  if (named) return [target, named];
  return [...(tenant?.changes ?? [])].find(
    ([, { facts }]) => facts.project === project && facts.key === target,
  );
}

export function allEdgesIn(tenant: Tenant | undefined): EdgeRow[] {
  return [...(tenant?.edges ?? [])].flatMap(([change, edges]) =>
    edges.map(({ target, kind, rule, on }) => ({
      change,
      on: on ?? target,
      target,
      kind,
      rule,
      known: on !== null,
    })),
  );
}

export function edgesAtIn(
  tenant: Tenant | undefined,
  changes: readonly string[],
  direction: Direction,
): EdgeRow[] {
  return allEdgesIn(tenant).filter(({ change, on, known }) =>
    direction === 'up' ? changes.includes(change) : known && changes.includes(on),
  );
}

export function movedIn(tenant: Tenant | undefined, after: number, until: number): string[] {
  const moved = (tenant?.rows ?? []).filter(
    ({ seq, kind }) => seq > after && seq <= until && (kind === 'proposed' || kind === 'transition'),
  );
  return [...new Set(moved.map(({ change }) => change))];
}

export function edgesBeyondIn(
  tenant: Tenant | undefined,
  changes: readonly string[],
  direction: Direction,
): EdgeRow[] {
  const reached = new Set(changes);
  const found: EdgeRow[] = [];
  for (const each of reached)
    for (const edge of edgesAtIn(tenant, [each], direction)) {
      found.push(edge);
      if (edge.known) reached.add(direction === 'up' ? edge.on : edge.change);
    }
  return found;
}

export function graphNodesIn(tenant: Tenant | undefined, changes: readonly string[]): GraphNode[] {
  return changes.flatMap((change) => {
    const held = tenant?.changes.get(change);
    if (!held) return [];
    const { key, title, project, createdAt: since } = held.facts;
    return [{ change, key, title, project, state: held.state.state, outcome: held.state.outcome, since }];
  });
}

export function dependantsIn(tenant: Tenant | undefined, { change, project, key }: Happened): Dependant[] {
  const found = [...(tenant?.edges ?? [])].flatMap(([dependant, edges]) => {
    const meant = edges.filter(({ on, target, project: from }) =>
      on === null ? from === project && target === key : on === change,
    );
    const [target] = meant.map((edge) => edge.target).sort();
    const outcome = tenant?.changes.get(dependant)?.state.outcome ?? null;
    return target === undefined ? [] : [{ change: dependant, target, outcome }];
  });
  return found.sort((a, b) => (a.change < b.change ? -1 : 1));
}

export function openDependantsIn(tenant: Tenant | undefined, after: string): OpenDependant[] {
  const found = [...(tenant?.edges ?? [])].flatMap(([change, edges]) => {
    const held = tenant?.changes.get(change);
    if (!held || held.state.outcome !== null || edges.length === 0 || change <= after) return [];
    return [{ change, project: held.facts.project }];
  });
  return found.sort((a, b) => (a.change < b.change ? -1 : 1));
}

export function happenedIn(tenant: Tenant | undefined, after: number, until: number): Happened[] {
  const newest = new Map<string, Happened>();
  const ended = new Set<string>();
  for (const { seq, change, kind, version, event, outcome } of tenant?.rows ?? []) {
    const held = tenant?.changes.get(change);
    const isMove = kind === 'proposed' || kind === 'transition';
    const isReopened = isMove && ended.delete(change) && outcome === null;
    if (isMove && outcome !== null) ended.add(change);
    const counts = kind === 'proposed' || outcome !== null || event === 'change.revise' || isReopened;
    if (!held || seq <= after || seq > until || !isMove || !counts) continue;
    const { project, key, title } = held.facts;
    newest.set(change, { change, version, event, outcome, project, key, title });
  }
  const all = [...newest.values()].filter((each) => dependantsIn(tenant, each).length > 0);
  return all.sort((a, b) => (a.change < b.change ? -1 : 1));
}
