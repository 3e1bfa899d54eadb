/** A command's connection to its server, closed however the command ends; and how it finds the change it is about. */
import { CountersignError } from '../errors.ts';
import { Api } from './api.ts';
import { type Common, findServer } from './connection.ts';
import type { Io } from './io.ts';
import type { Change } from './wire.ts';

export async function connected<T>(io: Io, common: Common, work: (api: Api) => Promise<T>): Promise<T> {
  const token =
    common.as === undefined ? common.token : await (await development()).tokenAs(io, common, common.as);
  const api = new Api(findServer(io, { ...common, ...(token !== undefined && { token }) }));
  try {
    return await work(api);
  } finally {
    api.close();
  }
}

/** Loaded where it is asked for: signing costs a library that most commands do without. */
const development = () => import('./development.ts');

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** By id, or by the key the version control system gave it. The answer shows what the caller may do. */
export async function findChange(api: Api, name: string, project?: string): Promise<Change> {
  return api.change(await findChangeId(api, name, project));
}

/** The id alone, of a change that cannot be loaded too. */
export async function findChangeId(api: Api, name: string, project?: string): Promise<string> {
  if (ID.test(name)) return name;
  const { items } = await api.changes({ key: name, project, limit: 10 });
  const [found, ...others] = items;
  if (!found) {
    throw new CountersignError('NOT_FOUND', `There is no change with the id or key "${name}".`, {
      hint: '"countersign status" lists changes; the key has to be given in full.',
    });
  }
  if (others.length > 0) {
    const projects = items.map((each) => each.project).join(', ');
    throw new CountersignError('INVALID_INPUT', `Several changes have the key "${name}", in ${projects}.`, {
      hint: 'Name one with --project, or give its id.',
    });
  }
  return found.id;
}
