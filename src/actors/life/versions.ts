/** One version of a definition, or the sentence that there is none. */
import { CountersignError } from '../../errors.ts';
import type { Definition } from '../../machines/definition.ts';
import type { StoredDefinition } from '../../persistence/records.ts';
import type { Store } from '../ports.ts';

/** Newest first. Throws NOT_FOUND where there is none of this name. */
export async function versionsOf(
  store: Pick<Store, 'definitionVersions'>,
  tenant: string,
  name: string,
): Promise<StoredDefinition[]> {
  const all = await store.definitionVersions(tenant, name);
  if (all.length > 0) return all;
  throw new CountersignError('NOT_FOUND', `The tenant ${tenant} has no definition "${name}".`, {
    hint: 'Deploy one with "countersign deploy FILE".',
  });
}

/** Throws NOT_FOUND. */
export async function versionOf(
  store: Pick<Store, 'definition'>,
  tenant: string,
  name: string,
  version: number,
): Promise<Definition> {
  const stored = await store.definition(tenant, name, version);
  if (!stored) throw noVersion(name, version);
  return stored.definition as unknown as Definition;
}

export function noVersion(name: string, version: number): CountersignError {
  return new CountersignError('NOT_FOUND', `There is no version ${version} of "${name}" in this tenant.`, {
    hint: `"countersign definitions ${name}" lists the versions.`,
  });
}
