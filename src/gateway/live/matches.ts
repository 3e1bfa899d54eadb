/** Whether a change belongs to the result of a query: the same question the store answers, asked of one change in memory. */
import type { ChangeFilter, ChangeRecord, Json } from '../../persistence/records.ts';
import type { Query } from '../protocol.ts';

/** What the store can look for by itself; the rest is for `matches`. */
export function filterOf({ region: _region, text: _text, state, ...plain }: Query): ChangeFilter {
  const filter = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== undefined));
  return { ...filter, ...(state !== undefined && { state: placeOf(state) }) };
}

export function matches(query: Query, change: ChangeRecord): boolean {
  const { project, author, definition, outcome, state, region, text } = query;
  return (
    isOrUnsaid(project, change.project) &&
    isOrUnsaid(author, change.author) &&
    isOrUnsaid(definition, change.definition) &&
    isOrUnsaid(outcome, change.outcome ?? 'open') &&
    (state === undefined || contains(change.state, placeOf(state))) &&
    (region === undefined || hasRegion(change.state, region)) &&
    (text === undefined || saysText(change, text.toLowerCase()))
  );
}

function isOrUnsaid(wanted: string | undefined, is: string): boolean {
  return wanted === undefined || wanted === is;
}

function saysText({ title, key }: ChangeRecord, text: string): boolean {
  return title.toLowerCase().includes(text) || (key ?? '').toLowerCase().includes(text);
}

/** `Review.code.waiting` as the part of a state that it names: `{"Review":{"code":"waiting"}}`; `Review.*` is `{"Review":{}}`. */
function placeOf(path: string): Json {
  const [last = '', ...above] = path.split('.').reverse();
  const innermost: Json = last === '*' ? {} : last;
  return above.reduce<Json>((inner, outer) => ({ [outer]: inner }), innermost);
}

/** As PostgreSQL's `@>`: everything in `part` stands in `whole`. */
function contains(whole: Json, part: Json): boolean {
  if (!isObject(part)) return whole === part;
  if (!isObject(whole)) return false;
  return Object.entries(part).every(([name, inner]) => {
    const there = Object.hasOwn(whole, name) ? whole[name] : undefined;
    return there !== undefined && contains(there, inner);
  });
}

/** A region is a name within a state that is in several places at once, or in one of them. */
function hasRegion(state: Json, region: string): boolean {
  if (!isObject(state)) return false;
  return Object.hasOwn(state, region) || Object.values(state).some((inner) => hasRegion(inner, region));
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
