/**
 * Which versions of its definitions a tenant goes by, and where: the one that new changes follow in a project, and those that
 * open changes there began with.
 */
import type { Definition } from '../../machines/definition.ts';
import type { DefinitionLife, StoredDefinition } from '../../persistence/records.ts';
import type { Directory } from '../directory/state.ts';
import { activeIn } from '../life/activations.ts';
import type { Store } from '../ports.ts';
import { placesOf } from './people.ts';

export type FollowedStore = Pick<
  Store,
  'changes' | 'definitionLife' | 'definitions' | 'definitionVersions' | 'liveConfigurations'
>;

/** A version of a definition; `activeIn` and `openIn` say where it counts. */
export interface Followed {
  readonly definition: Definition;
  readonly version: number;
  /** Whether new changes follow it there; undefined stands for what was said of no project. */
  readonly isActive: (project: string | undefined) => boolean;
  readonly isOpen: (project: string | undefined) => boolean;
  /** Projects with open changes that follow it, as far as they were looked at. */
  readonly projects: ReadonlySet<string>;
}

/** Open changes that are looked at to learn where a version is still followed; past them it is taken to be everywhere. */
const LOOKED_AT = 500;

export async function followed(store: FollowedStore, tenant: string): Promise<readonly Followed[]> {
  const newest = await store.definitions(tenant);
  const all = await Promise.all(newest.map(({ name }) => followedOf(store, tenant, name)));
  return all.flat();
}

async function followedOf(store: FollowedStore, tenant: string, name: string): Promise<Followed[]> {
  const [life, versions, open] = await Promise.all([
    store.definitionLife(tenant, name),
    store.definitionVersions(tenant, name),
    store.changes(tenant, { definition: name, outcome: 'open' }, { limit: LOOKED_AT }),
  ]);
  const isCut = open.length === LOOKED_AT;
  return Promise.all(
    versions.map(async ({ version, definition }): Promise<Followed> => {
      const own = open.filter(({ definitionVersion }) => definitionVersion === version);
      const projects = new Set(own.map(({ project }) => project));
      const isAnywhere =
        isCut && (own.length > 0 || (await store.liveConfigurations({ tenant, name, version })).length > 0);
      return {
        definition: definition as unknown as Definition,
        version,
        isActive: (project) => isActiveIn(life, version, project),
        isOpen: (project) => isAnywhere || (project === undefined ? own.length > 0 : projects.has(project)),
        projects,
      };
    }),
  );
}

/** Of no project: also where some project has it for its own. */
function isActiveIn(life: DefinitionLife, version: number, project: string | undefined): boolean {
  if (activeIn(life, project ?? null).version === version) return true;
  if (project !== undefined) return false;
  return life.activations.some(
    (each) => each.project !== null && activeIn(life, each.project).version === version,
  );
}

/** Where a version has to be looked at, by what any of the directories grants. */
export function placesFor(
  { definition, isActive, isOpen, projects }: Followed,
  directories: readonly Directory[],
): readonly (string | undefined)[] {
  const granted = new Set(directories.flatMap((directory) => placesOf(directory, definition)));
  // Projects in which nothing is granted by name are all alike.
  const isElsewhere = [...projects].some((project) => !granted.has(project));
  const places = isElsewhere ? granted.add(undefined) : granted;
  return [...places].filter((project) => isActive(project) || isOpen(project));
}

/** The version that new changes of a project follow; the newest where none is. */
export async function activeVersion(
  store: Pick<Store, 'definition' | 'definitionLife'>,
  tenant: string,
  name: string,
  project: string | undefined,
): Promise<StoredDefinition | undefined> {
  const { version } = activeIn(await store.definitionLife(tenant, name), project ?? null);
  return version === null ? store.definition(tenant, name) : store.definition(tenant, name, version);
}
