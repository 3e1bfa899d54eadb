/** Definitions of the catalog as files. */
import { catalog } from '../../src/machines/catalog/index.ts';
import { file } from './rig.ts';

export function definition(name: keyof typeof catalog): string {
  return file(`${name}.json`, JSON.stringify(catalog[name]));
}
