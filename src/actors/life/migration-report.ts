/** The dry run of a migration: who lands where, how many, which for example, and what stands in the way. */
import type { StateValue } from 'xstate';
import { EMPTY_PLAN, type MigrationPlan, type MigrationProblem, placeKey } from '../../machines/migration.ts';
import { type MigrationProof, prove } from '../../machines/migration-proof.ts';
import { renamedStates, type SuggestedRename } from '../../machines/renames.ts';
import type { Json, LiveConfiguration } from '../../persistence/records.ts';
import type { Store } from '../ports.ts';
import { versionOf } from './versions.ts';

export interface MigrationRequest {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly plan: MigrationPlan;
  readonly reason: string | null;
}

export interface LandingRow {
  readonly from: Json;
  /** Null where these changes cannot land. */
  readonly to: Json;
  readonly count: number;
  readonly examples: readonly string[];
  readonly problem: MigrationProblem | null;
}

export interface MigrationReport {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly plan: MigrationPlan;
  /** Whether no change can be lost; only then it may be carried out. */
  readonly proven: boolean;
  readonly problems: readonly MigrationProblem[];
  /** Where changes are now, most first; then where one could be, if it lands badly. */
  readonly landings: readonly LandingRow[];
  /** States that may have been renamed, of which the plan says nothing. */
  readonly renames: readonly SuggestedRename[];
}

type ReportStore = Pick<Store, 'definition' | 'liveConfigurations'>;

export async function reportOn(
  store: ReportStore,
  tenant: string,
  { name, from, to, plan: given }: MigrationRequest,
): Promise<MigrationReport> {
  const plan = { ...EMPTY_PLAN, ...given };
  const [before, after, live] = await Promise.all([
    versionOf(store, tenant, name, from),
    versionOf(store, tenant, name, to),
    store.liveConfigurations({ tenant, name, version: from }),
  ]);
  const proof = prove(
    before,
    after,
    plan,
    live.map(({ state }) => state as StateValue),
  );
  return {
    ...{ name, from, to, plan, proven: proof.proven, problems: proof.problems },
    landings: rowsOf(proof, live),
    renames: renamedStates(before, after).filter((each) => !Object.hasOwn(plan.states, each.from)),
  };
}

function rowsOf({ landings }: MigrationProof, live: readonly LiveConfiguration[]): LandingRow[] {
  const byPlace = new Map(landings.map((each) => [placeKey(each.from), each]));
  const isLive = new Set(live.map(({ state }) => placeKey(state as StateValue)));
  return [
    ...live.map(({ state, count, examples }) => {
      const { to = null, problem = null } = byPlace.get(placeKey(state as StateValue)) ?? {};
      return { from: state, to: to as Json, count, examples, problem };
    }),
    ...landings
      .filter(({ from, problem }) => problem && !isLive.has(placeKey(from)))
      .map(({ from, to, problem }) => ({
        from: from as Json,
        to: to as Json,
        count: 0,
        examples: [],
        problem,
      })),
  ];
}
