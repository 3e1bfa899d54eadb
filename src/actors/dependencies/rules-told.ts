/**
 * What dependencies do is said in the directory, and open changes remember it. When it is said anew, those whose projects it
 * reaches are judged again, each in its own log: a rule that was loosened lets go of them, one that was tightened holds them.
 */
import type { CascadePosition, DirectoryEntry } from '../../persistence/records.ts';
import type { Store } from '../ports.ts';
import type { Told } from './told.ts';

export interface RulesWorld {
  readonly store: Pick<Store, 'directorySince' | 'openDependants' | 'moveCascadeRules'>;
  /** The portfolio that a project belongs to; undefined where it belongs to none. */
  readonly portfolioOf: (tenant: string, project: string) => Promise<string | undefined>;
  readonly tell: (told: Told) => Promise<void>;
}

const BECAUSE = 'the directory says anew what dependencies do';
/** Changes told at a time, so that commands of people find their place between them. */
const AT_ONCE = 1_024;

/** Tells all that were open when it looked, once; whoever comes later is judged by the new rules anyway. */
export async function tellOfRules(
  { store, portfolioOf, tell }: RulesWorld,
  { tenant, directorySeq, directoryHead }: CascadePosition,
): Promise<void> {
  const said = (await store.directorySince(tenant, directorySeq)).filter(({ seq }) => seq <= directoryHead);
  const places = new Set(said.filter(isPlace).map(({ kind, name }) => `${kind} ${name}`));
  const isReached = async (project: string) =>
    places.has('tenant tenant') ||
    places.has(`project ${project}`) ||
    places.has(`portfolio ${await portfolioOf(tenant, project)}`);
  for (let after = '', found = AT_ONCE; places.size > 0 && found === AT_ONCE; ) {
    const open = await store.openDependants(tenant, after, AT_ONCE);
    await Promise.all(
      open.map(async ({ change, project }) => {
        const key = `cascade/${change}/directory@${directoryHead}`;
        if (await isReached(project)) await tell({ tenant, change, because: BECAUSE, key, reopen: false });
      }),
    );
    found = open.length;
    after = open.at(-1)?.change ?? after;
  }
  await store.moveCascadeRules(tenant, directoryHead);
}

function isPlace({ kind }: DirectoryEntry): boolean {
  return kind === 'project' || kind === 'portfolio' || kind === 'tenant';
}
