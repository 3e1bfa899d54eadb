/**
 * A draft: what a mailbox's items would do to its change, each on the result of the one before, and the commit that
 * would make it so. Pure; if the commit is refused, the draft is thrown away and nothing has happened.
 */
import type { Refusal } from '../errors.ts';
import { type Dependency, isPositive, isSameEdge } from '../machines/dependencies.ts';
import type {
  ChangeCommit,
  ChangeEdge,
  ChangeRef,
  KeyAnswer,
  KeyClaim,
  LogEntry,
  LogRow,
} from '../persistence/records.ts';
import type { Answer } from './commands.ts';
import { type Live, toRecord } from './live.ts';
import { type Item, keyOf } from './mailbox.ts';
import { step } from './step.ts';

/** What answers an item: an entry of this draft (once committed), or something known before. */
export type Result =
  | { readonly kind: 'entry'; readonly index: number; readonly replayed: boolean }
  | { readonly kind: 'answer'; readonly answer: Answer | null };

export interface Draft {
  readonly live: Live;
  readonly results: readonly { readonly item: Item; readonly result: Result }[];
  /** Null where nothing is to be written. */
  readonly commit: ChangeCommit | null;
  /** A sender or a timer knows a newer version than we hold: load the change again and draft again. */
  readonly outdated: boolean;
}

/** `known` holds the answers already given, by `keyOf`; times are ms. */
export function draft(
  ref: ChangeRef,
  before: Live,
  items: readonly Item[],
  known: ReadonlyMap<string, KeyAnswer>,
  now: number,
): Draft {
  const folding: Folding = {
    live: before,
    entries: [],
    keys: [],
    fired: new Set(),
    judgedBy: new Map(),
    outdated: false,
  };
  const results = items.map((item) => ({ item, result: answer(folding, item, known, now) }));
  const { live, outdated } = folding;
  return { live, results, outdated, commit: outdated ? null : commitOf(ref, before, folding) };
}

/** The answer a log row gives, the first time and on every repetition. */
export function answerFrom(row: LogRow, replayed: boolean): Answer {
  return row.refusal === null
    ? { ok: true, row, replayed }
    : { ok: false, refusal: row.refusal, row, replayed };
}

interface Folding {
  live: Live;
  readonly entries: LogEntry[];
  readonly keys: KeyClaim[];
  /** Names of timers that fired in this draft. */
  readonly fired: Set<string>;
  /** Other changes an approval of this draft was judged by, and at which version, also one that did not last. */
  readonly judgedBy: Map<string, number>;
  outdated: boolean;
}

function answer(folding: Folding, item: Item, known: ReadonlyMap<string, KeyAnswer>, now: number): Result {
  const repeated = item.claim && repetition(folding, item.claim, known);
  if (repeated) return repeated;
  const stale = staleness(folding.live, item);
  if (stale === 'outdated') folding.outdated = true;
  if (stale) return refuse(stale === 'outdated' ? null : stale);
  const stepped = step(folding.live, item.input, now);
  if (!stepped.entry) return { kind: 'answer', answer: null };
  folding.live = stepped.live;
  if (item.input.kind === 'timer') folding.fired.add(item.input.timer.name);
  const { kind, outcome } = stepped.entry;
  if (kind === 'transition' && isPositive(outcome ?? undefined)) judgeBy(folding, letsPass);
  const index = folding.entries.push(stepped.entry) - 1;
  if (item.claim) folding.keys.push({ ...item.claim, entry: index });
  return { kind: 'entry', index, replayed: false };
}

function repetition(
  folding: Folding,
  claim: NonNullable<Item['claim']>,
  known: ReadonlyMap<string, KeyAnswer>,
): Result | undefined {
  const before = known.get(keyOf(claim));
  const within = folding.keys.find(
    ({ principal, key }) => principal === claim.principal && key === claim.key,
  );
  const digest = before?.digest ?? within?.digest;
  if (digest === undefined) return undefined;
  if (digest !== claim.digest) {
    const message = `The idempotency key "${claim.key}" was used for another command; choose a new key.`;
    return refuse({ code: 'IDEMPOTENCY_KEY_REUSED', message, accepted: [] });
  }
  if (before) return { kind: 'answer', answer: answerFrom(before.row, true) };
  return { kind: 'entry', index: within?.entry ?? 0, replayed: true };
}

function staleness(live: Live, { input, attempts }: Item): Refusal | 'outdated' | undefined {
  if (input.kind === 'timer')
    return input.timer.setVersion > live.version && attempts === 0 ? 'outdated' : undefined;
  if (input.kind !== 'event') return undefined;
  const seen = input.command.expectedVersion;
  if (seen === undefined || seen === live.version) return undefined;
  if (seen > live.version && attempts === 0) return 'outdated';
  const message = `The change is at version ${live.version}, you saw ${seen}; look at it again, then decide.`;
  return { code: 'STALE_VERSION', message, accepted: [String(live.version)] };
}

function refuse(refusal: Refusal | null): Result {
  return { kind: 'answer', answer: refusal && { ok: false, refusal, row: null, replayed: false } };
}

function commitOf(ref: ChangeRef, before: Live, folding: Folding): ChangeCommit | null {
  const { live, entries, keys, fired } = folding;
  if (entries.length === 0) return null;
  return {
    tenant: ref.tenant,
    change: ref.change,
    baseVersion: before.version,
    facts: before.version === 0 ? before.facts : null,
    state: live === before ? null : toRecord(live),
    entries,
    timersSet: live.timers.filter(({ setVersion }) => setVersion > before.version),
    timersSettled: before.timers
      .filter((timer) => !live.timers.includes(timer))
      .map(({ name, setVersion }) => ({ name, setVersion, as: fired.has(name) ? 'fired' : 'cancelled' })),
    keys,
    ...definitionOf(before, live),
    ...dependenciesOf(before, folding),
  };
}

function definitionOf(before: Live, { facts }: Live): Pick<ChangeCommit, 'definitionVersion'> {
  const { definitionVersion } = facts;
  return definitionVersion === before.facts.definitionVersion ? {} : { definitionVersion };
}

/** What the change depends on from now on, where that is not what it did; and what an approval of it was judged by. */
function dependenciesOf(before: Live, folding: Folding): Pick<ChangeCommit, 'edges' | 'requires'> {
  const { snapshot, facts } = folding.live;
  const now = snapshot?.context.dependencies;
  // A refusal writes nothing of what was looked up for it.
  if (now === undefined || folding.live === before) return {};
  const had = before.stored ?? before.snapshot?.context.dependencies ?? [];
  const isNew = now.length !== had.length || !now.every((each, at) => isSameEdge(each, had[at]));
  // Whatever happens from then on to what it waits for, is told to it; so nothing may have happened before.
  if (isNew) judgeBy(folding, isAwaited);
  const requires = [...folding.judgedBy].map(([change, version]) => ({ change, version }));
  return { ...(isNew && { edges: edgesOf(now, facts.project) }), ...(requires.length > 0 && { requires }) };
}

function judgeBy({ judgedBy, live }: Folding, counts: (dependency: Dependency) => boolean): void {
  for (const each of live.snapshot?.context.dependencies ?? [])
    if (each.change !== undefined && counts(each)) judgedBy.set(each.change, each.version);
}

/** Whether it would block, stood it otherwise; a rejected one may only warn. */
function letsPass({ policy, standing }: Dependency): boolean {
  const isGone = standing === 'rejected' || standing === 'withdrawn';
  return policy === 'block' ? isPositive(standing) : policy === 'warn' && isGone;
}

function isAwaited({ policy, standing }: Dependency): boolean {
  return policy === 'block' && standing !== 'together' && !isPositive(standing);
}

function edgesOf(dependencies: readonly Dependency[], project: string): ChangeEdge[] {
  return dependencies.map(({ on, kind, rule, change = null }) => ({
    target: on,
    kind,
    rule,
    on: change,
    project,
  }));
}
