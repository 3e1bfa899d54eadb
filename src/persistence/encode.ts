/**
 * A change's part of a batch, made ready to be sent. What PostgreSQL could not hold is found here, before anything is
 * sent, so that one bad command costs its neighbours nothing: NUL and lone surrogates (also as escapes inside JSON),
 * numbers that are not integers, keys claimed twice.
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

/** Throws an `Error` whose message says what cannot be stored. */
export function encodeChange(commit: ChangeCommit, place: number): EncodedChange {
  const { tenant, change, facts, state } = commit;
  texts(tenant, change);
  versions(commit.baseVersion);
  if (facts) checkFacts(facts);
  if (state) {
    texts(state.outcome);
    versions(state.version);
    integers(state.updatedAt);
  } else if (facts) {
    throw new Error('a new change needs a state');
  }
  if (commit.entries.length === 0) throw new Error('a commit without log entries');
  checkTimers(commit);
  checkKeys(commit);
  return {
    place,
    commit,
    state: json(state?.state ?? null),
    snapshot: json(state?.snapshot ?? null),
    attributes: json(facts?.attributes ?? null),
    entries: commit.entries.map(encodeEntry),
  };
}

function encodeEntry(entry: LogEntry): EncodedEntry {
  texts(entry.kind, entry.event, entry.outcome, entry.principal, entry.principalKind);
  texts(entry.via, entry.role, entry.reason);
  versions(entry.version);
  integers(entry.occurredAt, entry.recordedAt);
  return {
    entry,
    from: jsonOrNull(entry.from),
    to: jsonOrNull(entry.to),
    data: jsonOrNull(entry.data),
    refusal: entry.refusal === null ? null : json({ ...entry.refusal }),
  };
}

function checkFacts(facts: NonNullable<ChangeCommit['facts']>): void {
  texts(facts.project, facts.key, facts.title, facts.author, facts.authorKind, facts.definition);
  versions(facts.definitionVersion);
  integers(facts.createdAt);
}

function checkTimers({ timersSet, timersSettled }: ChangeCommit): void {
  for (const timer of timersSet) {
    texts(timer.name, timer.event);
    versions(timer.setVersion);
    integers(timer.dueAt);
  }
  for (const timer of timersSettled) {
    texts(timer.name);
    versions(timer.setVersion);
  }
}

function checkKeys({ keys, entries }: ChangeCommit): void {
  const seen = new Set<string>();
  for (const { principal, key, digest, entry } of keys) {
    texts(principal, key, digest);
    if (!entries[entry])
      throw new Error(`idempotency key "${key}" names entry ${entry}, which does not exist`);
    seen.add(JSON.stringify([principal, key]));
  }
  if (seen.size < keys.length) throw new Error('an idempotency key is claimed twice');
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

function integers(...values: readonly number[]): void {
  for (const value of values)
    if (!Number.isSafeInteger(value)) throw new Error(`integer expected, got ${value}`);
}

/** Versions are stored in four bytes. */
function versions(...values: readonly number[]): void {
  for (const value of values) if ((value | 0) !== value) throw new Error(`version expected, got ${value}`);
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
