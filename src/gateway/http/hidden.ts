/**
 * What a caller may not read, kept out of HTTP answers: projects that the directory calls restricted. A change of one is not
 * there for him; in lists it is left out; where an answer has to name it, as in a graph, it has an id and nothing else.
 */
import type { Principal } from '../../actors/commands.ts';
import { withoutNames } from '../../actors/dependencies/masked.ts';
import { noSuchChange } from '../../actors/missing.ts';
import { CountersignError } from '../../errors.ts';
import type { Backend } from '../backend.ts';

type Hidden = ReadonlySet<string>;

/** Throws as if a hidden change did not exist; does nothing where nothing is hidden. */
export async function requireReadable(
  store: Pick<Backend['store'], 'change'>,
  { tenant }: Principal,
  changes: readonly string[],
  hidden: Hidden,
): Promise<void> {
  if (hidden.size === 0) return;
  for (const change of changes) {
    const found = await store.change({ tenant, change });
    if (found !== undefined && hidden.has(found.project)) throw noSuchChange(change);
  }
}

/** Throws FORBIDDEN for a project that is hidden. */
export function requireOpen(project: string | undefined, hidden: Hidden): void {
  if (project === undefined || !hidden.has(project)) return;
  const message = `The project "${project}" is restricted, and you have no role in it.`;
  throw new CountersignError('FORBIDDEN', message, {
    hint: 'Ask an administrator for a grant in it: "countersign directory".',
  });
}

/** The answer without what is hidden. Anything but JSON is the route's own business. */
export async function withoutHidden(response: Response, hidden: Hidden): Promise<Response> {
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  if (hidden.size === 0 || !isJson || !response.ok) return response;
  const document = clean(await response.json(), hidden);
  const { status, headers } = response;
  const kept = new Headers(headers);
  kept.delete('content-length');
  return new Response(JSON.stringify(document), { status, headers: kept });
}

function clean(document: unknown, hidden: Hidden): unknown {
  const names = namesIn(document, hidden);
  return names.size === 0 ? document : cleaned(document, hidden, names);
}

/** The keys of hidden changes in the document, with their ids. */
function namesIn(value: unknown, hidden: Hidden, found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value)) for (const each of value) namesIn(each, hidden, found);
  else if (isObject(value)) {
    const id = hiddenId(value, hidden);
    if (id !== undefined) found.set(typeof value.key === 'string' ? value.key : id, id);
    for (const each of Object.values(value)) namesIn(each, hidden, found);
  }
  return found;
}

/** Items of a list are left out where they are changes; members of a graph stay, without what they say. */
function cleaned(value: unknown, hidden: Hidden, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return withoutNames(value, names);
  if (Array.isArray(value)) {
    const left = value.filter((each) => !isObject(each) || !isHiddenItem(each, hidden));
    return left.map((each) => cleaned(each, hidden, names));
  }
  if (!isObject(value)) return value;
  const id = hiddenId(value, hidden);
  const said = id === undefined ? value : { ...value, ...blank(value, id) };
  return Object.fromEntries(Object.entries(said).map(([name, each]) => [name, cleaned(each, hidden, names)]));
}

function blank(member: Record<string, unknown>, id: string) {
  const none = { key: id, title: '', project: '', state: 'unknown', outcome: null, known: false };
  return Object.fromEntries(Object.entries(none).filter(([name]) => name in member));
}

function isHiddenItem(value: Record<string, unknown>, hidden: Hidden): boolean {
  return hiddenId(value, hidden) !== undefined && !('known' in value);
}

function hiddenId({ id, project }: Record<string, unknown>, hidden: Hidden): string | undefined {
  return typeof id === 'string' && typeof project === 'string' && hidden.has(project) ? id : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
