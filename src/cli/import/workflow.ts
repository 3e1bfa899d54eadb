/** Which workflow an import uses, and that the tenant has it: one that is deployed, one of the catalog, or a file. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { CountersignError } from '../../errors.ts';
import { catalog } from '../../machines/catalog/index.ts';
import type { Definition } from '../../machines/definition.ts';
import { normalise } from '../../machines/normalise.ts';
import { sourceSchema } from '../../machines/source.ts';
import type { Api } from '../api.ts';
import { grammarOf } from '../grammar.ts';

const DEFAULT = 'ReviewHistory';
const REASON = 'needed by an import';

/** The definition that new changes will follow. Throws DEFINITION_INVALID or NOT_FOUND. */
export async function workflowFor(api: Api, cwd: string, named: string = DEFAULT): Promise<Definition> {
  const path = resolve(cwd, named);
  if (/\.(toml|json|m?ts)$/.test(named) || existsSync(path)) {
    const { requireSound } = await import('../definition-file.ts');
    return deployed(api, (await requireSound(path, named)).definition);
  }
  const known = await api.definition(named);
  if (known?.definition) return known.definition;
  const source = Object.values(catalog).find(({ name }) => name === named);
  if (!source) {
    throw new CountersignError(
      'NOT_FOUND',
      `There is no workflow "${named}" in this tenant or the catalog.`,
      {
        hint: '"countersign definitions" lists those of the tenant; a file may be named as well.',
      },
    );
  }
  return deployed(api, normalise(sourceSchema.parse(source)));
}

async function deployed(api: Api, definition: Definition): Promise<Definition> {
  const reply = await api.deploy(grammarOf(definition), REASON);
  if (!reply.ok) throw new CountersignError('FORBIDDEN', reply.refusal.message);
  return definition;
}
