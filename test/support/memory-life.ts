/** The life of definitions in the memory store: activations and migrations, answered the plain way. */
import type {
  Activation,
  DefinitionLife,
  Following,
  LiveConfiguration,
  LogRow,
  MigrationProgress,
  MigrationRecord,
  MigrationStatus,
  NewActivation,
} from '../../src/persistence/records.ts';
import type { Tenant } from './memory-commit.ts';

type Page = { readonly after: string; readonly limit: number };
const UNDER_WAY: readonly MigrationStatus[] = ['running', 'paused', 'reverting'];

export class MemoryLife {
  readonly #activations: Activation[] = [];
  readonly #migrations = new Map<string, MigrationRecord>();

  add(given: NewActivation): Activation {
    const added = { ...given, activation: this.#activations.length + 1 };
    this.#activations.push(added);
    return added;
  }

  of(held: Tenant | undefined, tenant: string, name: string): DefinitionLife {
    const versions = held?.definitions.filter((each) => each.name === name && !each.draft) ?? [];
    const newest = new Map<string, Activation>();
    for (const each of this.#of(tenant, name)) newest.set(`${each.kind} ${each.project}`, each);
    return { newest: versions.at(-1)?.version ?? null, activations: [...newest.values()] };
  }

  history(tenant: string, name: string, { before, limit }: { before?: number; limit: number }): Activation[] {
    return this.#of(tenant, name)
      .filter(({ activation }) => before === undefined || activation < before)
      .reverse()
      .slice(0, limit);
  }

  save(migration: MigrationRecord): boolean {
    const { tenant, name, fromVersion } = migration;
    const other = [...this.#migrations.values()].some(
      (each) =>
        each.tenant === tenant &&
        each.name === name &&
        each.fromVersion === fromVersion &&
        UNDER_WAY.includes(each.status),
    );
    if (!other) this.#migrations.set(keyOf(migration), migration);
    return !other;
  }

  find(tenant: string, id: string): MigrationRecord | undefined {
    return this.#migrations.get(keyOf({ tenant, id }));
  }

  list(tenant?: string): MigrationRecord[] {
    return [...this.#migrations.values()]
      .filter((each) =>
        tenant === undefined
          ? each.status === 'running' || each.status === 'reverting'
          : each.tenant === tenant,
      )
      .sort((a, b) => (a.id < b.id ? 1 : -1));
  }

  move(
    ref: Pick<MigrationRecord, 'tenant' | 'id'>,
    from: readonly MigrationStatus[],
    status: MigrationStatus,
    updatedAt: number,
  ): boolean {
    const held = this.#migrations.get(keyOf(ref));
    if (!held || !from.includes(held.status)) return false;
    const position = status === 'reverting' ? '' : held.position;
    this.#migrations.set(keyOf(ref), { ...held, status, position, updatedAt });
    return true;
  }

  advance(ref: Pick<MigrationRecord, 'tenant' | 'id'>, progress: MigrationProgress): void {
    const held = this.#migrations.get(keyOf(ref));
    if (!held) return;
    const { status, position, moved, reverted, at } = progress;
    const isNext = held.status === status && (position === '' || position > held.position);
    this.#migrations.set(keyOf(ref), {
      ...held,
      position: isNext ? position : held.position,
      moved: held.moved + moved,
      reverted: held.reverted + reverted,
      updatedAt: at,
    });
  }

  #of(tenant: string, name: string): Activation[] {
    return this.#activations.filter((each) => each.tenant === tenant && each.name === name);
  }
}

function keyOf({ tenant, id }: Pick<MigrationRecord, 'tenant' | 'id'>): string {
  return `${tenant}/${id}`;
}

/** Open changes of one version, in the order of their ids. */
function following(held: Tenant | undefined, { name, version }: Following) {
  return [...(held?.changes ?? [])]
    .filter(
      ([, { facts, state }]) =>
        state.outcome === null && facts.definition === name && facts.definitionVersion === version,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

export function liveConfigurationsIn(held: Tenant | undefined, wanted: Following): LiveConfiguration[] {
  const found = new Map<string, LiveConfiguration>();
  for (const [change, { state }] of following(held, wanted)) {
    const key = JSON.stringify(state.state);
    const { count = 0, examples = [] } = found.get(key) ?? {};
    found.set(key, { state: state.state, count: count + 1, examples: [...examples, change].slice(0, 3) });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

export function changesFollowingIn(
  held: Tenant | undefined,
  wanted: Following,
  { after, limit }: Page,
): string[] {
  const ids = following(held, wanted).map(([change]) => change);
  return ids.filter((change) => change > after).slice(0, limit);
}

export function untouchedIn(
  held: Tenant | undefined,
  wanted: Following,
  migration: string,
  { after, limit }: Page,
): LogRow[] {
  const rows = following(held, wanted).flatMap(([change, { state }]) => {
    const row = held?.rows.find(
      (each) =>
        each.change === change &&
        each.version === state.version &&
        (each.kind === 'proposed' || each.kind === 'transition'),
    );
    const of = (row?.data as { readonly migration?: string } | null)?.migration;
    return row?.event === 'definition.migrate' && of === migration && change > after ? [row] : [];
  });
  return rows.slice(0, limit);
}
