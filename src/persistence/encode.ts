/**
 * A change's part of a batch, made ready to be sent. What PostgreSQL could not hold, or what contradicts itself, is
 * found here, before anything is sent, so that one bad command costs its neighbours nothing.
 */
import type { ChangeCommit, Json, LogEntry } from './records.ts';
import { isStorableJson, isStorableText } from './text.ts';

export interface EncodedEntry {
  readonly entry: LogEntry;
  /** JSON text, or null for SQL null. */
  readonly from: string | null;
  readonly to: string | null;
  readonly data: string | null;
  readonly refusal: string | null;
}

export interface EncodedChange {
  /** Place in the batch the caller gave. */
  readonly place: number;
  readonly commit: ChangeCommit;
  readonly state: string;
  readonly snapshot: string;
  readonly attributes: string;
  readonly entries: readonly EncodedEntry[];
}

/** An entry of an index holds 2,704 bytes; up to three of these names stand in one. */
const NAME_LIMIT_BYTES = 512;

/** Throws an `Error` whose message says what cannot be stored. */
export function encodeChange(given: ChangeCommit, place: number): EncodedChange {
  // A refused proposal brings facts, but makes no change.
  const commit = given.state === null ? { ...given, facts: null } : given;
  const { facts, state } = commit;
  names(commit.tenant, commit.change);
  checkVersions(commit);
  if (facts) checkFacts(facts);
  if (state) {
    names(state.outcome);
    integers(state.updatedAt);
  }
  checkTimers(commit);
  checkKeys(commit);
  const entries = commit.entries.map(encodeEntry);
  return {
    place,
    commit,
    state: stateText(state?.state ?? null) ?? 'null',
    snapshot: json(state?.snapshot ?? null),
    attributes: json(facts?.attributes ?? null),
    entries,
  };
}

/** Versions follow one another without gaps, each with an entry of its own; the state stands at the last. */
function checkVersions({ baseVersion, facts, state, entries }: ChangeCommit): void {
  if (entries.length === 0) throw new Error('a commit without log entries');
  if (state && (facts !== null) !== (baseVersion === 0)) {
    throw new Error(`facts come with version 0 and never later, got version ${baseVersion}`);
  }
  versions(baseVersion);
  let version = baseVersion;
  for (const entry of entries) {
    if (entry.kind === 'proposed' || entry.kind === 'transition') version++;
    if (entry.version !== version)
      throw new Error(`version ${version} expected in the log, got ${entry.version}`);
  }
  versions(version);
  const stored = state?.version ?? baseVersion;
  if (stored !== version) throw new Error(`the log ends at version ${version}, the state is at ${stored}`);
}

function encodeEntry(entry: LogEntry): EncodedEntry {
  texts(entry.kind, entry.event, entry.outcome, entry.principal, entry.principalKind);
  texts(entry.via, entry.role, entry.reason);
  integers(entry.occurredAt, entry.recordedAt);
  return {
    entry,
    from: stateText(entry.from),
    to: stateText(entry.to),
    data: jsonOrNull(entry.data),
    refusal: entry.refusal === null ? null : json({ ...entry.refusal }),
  };
}

function checkFacts(facts: NonNullable<ChangeCommit['facts']>): void {
  names(facts.project, facts.key, facts.author);
  texts(facts.title, facts.authorKind, facts.definition);
  versions(facts.definitionVersion);
  integers(facts.createdAt);
}

function checkTimers({ timersSet, timersSettled }: ChangeCommit): void {
  for (const timer of timersSet) {
    names(timer.name);
    texts(timer.event);
    versions(timer.setVersion);
    integers(timer.dueAt);
  }
  for (const timer of timersSettled) {
    names(timer.name);
    versions(timer.setVersion);
  }
  if (timersSettled.length < 2) return;
  const settled = new Set(timersSettled.map(({ name, setVersion }) => `${setVersion} ${name}`));
  if (settled.size < timersSettled.length) throw new Error('a timer is settled twice');
}

function checkKeys({ keys, entries }: ChangeCommit): void {
  for (const { principal, key, digest, entry } of keys) {
    names(principal, key);
    texts(digest);
    if (!entries[entry])
      throw new Error(`idempotency key "${key}" names entry ${entry}, which does not exist`);
  }
  if (keys.length < 2) return;
  const claimed = new Set(keys.map(({ principal, key }) => JSON.stringify([principal, key])));
  if (claimed.size < keys.length) throw new Error('an idempotency key is claimed twice');
}

function texts(...values: readonly (string | null)[]): void {
  for (const value of values) {
    if (value === null) continue;
    if (typeof value !== 'string') throw new Error(`text expected, got ${typeof value}`);
    if (!isStorableText(value)) {
      throw new Error(
        `text with NUL or half a surrogate pair cannot be stored: ${JSON.stringify(value.slice(0, 80))}`,
      );
    }
  }
}

/** What stands in an index. */
function names(...values: readonly (string | null)[]): void {
  texts(...values);
  for (const value of values) {
    if (
      value !== null &&
      value.length * 3 > NAME_LIMIT_BYTES &&
      Buffer.byteLength(value) > NAME_LIMIT_BYTES
    ) {
      throw new Error(`at most ${NAME_LIMIT_BYTES} bytes expected in a name: ${value.slice(0, 80)}…`);
    }
  }
}

function integers(...values: readonly number[]): void {
  for (const value of values)
    if (!Number.isSafeInteger(value)) throw new Error(`integer expected, got ${value}`);
}

/** Versions are stored in four bytes. */
function versions(...values: readonly number[]): void {
  for (const value of values) if ((value | 0) !== value) throw new Error(`version expected, got ${value}`);
}

const stateTexts = new WeakMap<object, string>();

/** Changes in the same state share one object for it: its text is made once. */
function stateText(state: Json): string | null {
  if (typeof state !== 'object' || state === null) return jsonOrNull(state);
  const known = stateTexts.get(state);
  if (known !== undefined) return known;
  const text = json(state);
  stateTexts.set(state, text);
  return text;
}

function jsonOrNull(value: Json): string | null {
  return value === null || value === undefined ? null : json(value);
}

function json(value: Json): string {
  const text = JSON.stringify(value) ?? 'null';
  if (!isStorableJson(text)) {
    throw new Error(`JSON with NUL or half a surrogate pair cannot be stored: ${text.slice(0, 80)}`);
  }
  return text;
}
