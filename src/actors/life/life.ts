/**
 * The life of a definition: deployed as a version, activated for all projects or for one, rolled back, retired. What was
 * said of that is only ever added to. Where a tenant has its definitions reviewed, a version is a draft at first, and a
 * change that stands for it has to be approved before it can be activated.
 */
import { CountersignError, type Refusal } from '../../errors.ts';
import { type Comparison, compare } from '../../machines/compare.ts';
import type { Definition } from '../../machines/definition.ts';
import type { Activation, StoredDefinition } from '../../persistence/records.ts';
import type { Answer, Envelope, Principal, Proposal } from '../commands.ts';
import type { Definitions } from '../definitions.ts';
import { type Directory, reviewOfDefinitions } from '../directory/state.ts';
import type { Clock, Store } from '../ports.ts';
import type { Deployed } from '../views.ts';
import type { Activations } from './activations.ts';
import type { Migrations } from './migrations.ts';
import { noVersion, versionOf, versionsOf } from './versions.ts';

/** The project of the changes that stand for definitions under review. */
export const DEFINITIONS_PROJECT = 'definitions';

export interface Deployment {
  readonly reason: string | null;
  /** In spite of errors: for administrators. */
  readonly force?: boolean;
}

export interface Activating {
  /** Null: whichever is the newest; of a project: whatever is active everywhere. */
  readonly version: number | null;
  /** Null: all projects. */
  readonly project: string | null;
  readonly reason: string | null;
}

/** A version as a list of them shows it. */
export interface DefinitionVersion extends Omit<StoredDefinition, 'definition'> {
  /** Whether it is the one for projects of which nothing else was said. */
  readonly active: boolean;
}

export type Said<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal };

export interface Life {
  deploy(tenant: string, source: unknown, by: Principal, how: Deployment): Promise<Deployed>;
  /** Newest first. Throws NOT_FOUND where there is none of this name. */
  versions(tenant: string, name: string): Promise<readonly DefinitionVersion[]>;
  compare(tenant: string, name: string, from: number, to: number): Promise<Comparison>;
  /** Refuses NOT_ACTIVE for a draft that is not approved yet. Throws NOT_FOUND for a version that is not there. */
  activate(tenant: string, name: string, what: Activating, by: Principal): Promise<Said<Activation>>;
  /** Activates the version before the active one. Refuses NOT_ACTIVE where there is none. */
  rollback(
    tenant: string,
    name: string,
    what: Omit<Activating, 'version'>,
    by: Principal,
  ): Promise<Said<Activation>>;
  /** No new changes from now on; those that run go on. */
  retire(tenant: string, name: string, reason: string | null, by: Principal): Promise<Activation>;
  history(
    tenant: string,
    name: string,
    page: { before?: number; limit: number },
  ): Promise<readonly Activation[]>;
  readonly migrations: Migrations;
}

export interface LifeWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly definitions: Definitions;
  readonly activations: Activations;
  readonly migrations: Migrations;
  readonly directory: (tenant: string) => Promise<Directory>;
  readonly propose: (proposal: Proposal, envelope: Envelope) => Promise<Answer>;
}

export function lifeFrom(world: LifeWorld): Life {
  const { store, activations, migrations } = world;
  return {
    migrations,
    deploy: (tenant, source, by, how) => deployed(world, tenant, source, by, how),
    versions: async (tenant, name) => {
      const all = await versionsOf(store, tenant, name);
      const { version } = await activations.active(tenant, name, null);
      return all.map(({ definition: _, ...each }) => ({ ...each, active: each.version === version }));
    },
    compare: async (tenant, name, from, to) => {
      const [before, after] = await Promise.all(
        [from, to].map((each) => versionOf(store, tenant, name, each)),
      );
      return compare(before as Definition, after as Definition);
    },
    activate: (tenant, name, what, by) => activated(world, tenant, name, what, by),
    rollback: (tenant, name, what, by) => rolledBack(world, tenant, name, what, by),
    retire: async (tenant, name, reason, by) => {
      await versionsOf(store, tenant, name);
      return said(world, { ...{ tenant, name, project: null, version: null, reason }, kind: 'retire' }, by);
    },
    history: (tenant, name, page) => store.activationHistory(tenant, name, page),
  };
}

/** Where the tenant reviews its definitions, a new version is a draft, and a change is proposed that stands for it. */
async function deployed(
  world: LifeWorld,
  tenant: string,
  source: unknown,
  by: Principal,
  { reason, force = false }: Deployment,
): Promise<Deployed> {
  if (force && !by.roles.includes('administrator')) {
    const message = `Deploying in spite of errors needs the role "administrator", which ${by.id} does not have.`;
    throw new CountersignError('FORBIDDEN', message);
  }
  const review = reviewOfDefinitions(await world.directory(tenant));
  const isReviewed = async (name: string) => {
    if (review === undefined) return false;
    const { version } = await world.activations.active(tenant, review, DEFINITIONS_PROJECT);
    // The first version of the workflow that reviews cannot be reviewed by anything yet.
    if (version !== null || name === review) return version !== null;
    const message = `The tenant has its definitions reviewed by "${review}", which takes no changes.`;
    throw new CountersignError('INVALID_INPUT', message, { hint: `Deploy and activate "${review}" first.` });
  };
  const done = await world.definitions.deploy(tenant, source, by, { reason, force, isReviewed });
  world.activations.forget(tenant, done.name);
  const { isDraft, ...answer } = done;
  if (!isDraft || review === undefined) return answer;
  return { ...answer, review: await reviewed(world, tenant, answer, review, by) };
}

async function reviewed(
  { propose }: LifeWorld,
  tenant: string,
  { name, version, digest }: Deployed,
  review: string,
  by: Principal,
): Promise<NonNullable<Deployed['review']>> {
  const key = `${name}@${digest}`;
  const title = `Version ${version} of ${name}`;
  const proposal: Proposal = { definition: review, project: DEFINITIONS_PROJECT, key, title };
  const answer = await propose(proposal, { principal: { ...by, tenant } });
  if (answer.ok) return { change: answer.row.change, key };
  const { code, accepted, message } = answer.refusal;
  if (code === 'CHANGE_EXISTS') return { change: accepted[0] ?? '', key };
  throw new CountersignError('INVALID_INPUT', `${title} was stored, but cannot be reviewed: ${message}`);
}

async function activated(
  world: LifeWorld,
  tenant: string,
  name: string,
  { version, project, reason }: Activating,
  by: Principal,
): Promise<Said<Activation>> {
  const all = await versionsOf(world.store, tenant, name);
  const chosen = version === null ? undefined : all.find((each) => each.version === version);
  if (version !== null && !chosen) throw noVersion(name, version);
  if (chosen?.draft) {
    const refusal = await unapproved(world, tenant, chosen);
    if (refusal) return { ok: false, refusal };
  }
  const value = await said(world, { tenant, name, project, version, reason, kind: 'activate' }, by);
  return { ok: true, value };
}

async function rolledBack(
  world: LifeWorld,
  tenant: string,
  name: string,
  what: Omit<Activating, 'version'>,
  by: Principal,
): Promise<Said<Activation>> {
  const all = await versionsOf(world.store, tenant, name);
  const { version: now } = await world.activations.active(tenant, name, what.project);
  const before = all.find((each) => now !== null && each.version < now && !each.draft);
  if (before) return activated(world, tenant, name, { ...what, version: before.version }, by);
  const message =
    now === null
      ? `${name} is not active; there is nothing to roll back from.`
      : `There is no version of ${name} before ${now} to roll back to.`;
  return {
    ok: false,
    refusal: { code: 'NOT_ACTIVE', message, accepted: all.map((each) => `${each.version}`) },
  };
}

/** Why a draft may not be activated yet, or undefined. */
async function unapproved(
  { store, directory }: LifeWorld,
  tenant: string,
  { name, version, digest }: StoredDefinition,
): Promise<Refusal | undefined> {
  if (reviewOfDefinitions(await directory(tenant)) === undefined) return undefined;
  const key = `${name}@${digest}`;
  const [change] = await store.changes(tenant, { project: DEFINITIONS_PROJECT, key }, { limit: 1 });
  const outcome = change?.outcome;
  if (outcome === 'approved' || outcome === 'applied') return undefined;
  const where = change
    ? `the change ${change.change} (${key} of the project ${DEFINITIONS_PROJECT}) is ${outcome ?? 'open'}`
    : `no change ${key} stands for it; deploy it again`;
  const message = `Version ${version} of ${name} has to be approved before it can be activated: ${where}.`;
  return { code: 'NOT_ACTIVE', message, accepted: change ? [change.change] : [] };
}

async function said(
  { store, clock, activations }: LifeWorld,
  given: Pick<Activation, 'tenant' | 'name' | 'project' | 'version' | 'reason' | 'kind'>,
  by: Principal,
): Promise<Activation> {
  const added = await store.addActivation({ ...given, setBy: by.id, setAt: clock.now() });
  activations.forget(given.tenant, given.name);
  return added;
}
