/**
 * One change of the past under another definition: what people did is done again on the pure step, in its order and at its
 * times, and the draft's own timers run in between. What the log does not know is assumed, and said where it is shown:
 * senders hold the roles they were seen with, signatures were given where there is one, nothing depended on other changes.
 */
import { type CompiledWorkflow, isBuiltIn } from '../machines/compile.ts';
import type { ChangeFacts, ChangeRecord, Json, LogRow } from '../persistence/records.ts';
import { attentionOf } from './attention.ts';
import { attributeProblem } from './beginning.ts';
import type { Envelope, Principal } from './commands.ts';
import { type Live, proposed } from './live.ts';
import { isOperation } from './operations.ts';
import { standingsOf } from './standings.ts';
import { type Input, step } from './step.ts';

/** What became of a change, and how long that took from its proposal; null while it is open. */
export interface Ending {
  readonly outcome: string | null;
  readonly afterMs: number | null;
}

/** An event that counted then and would have been refused. */
export interface RefusedThen {
  readonly event: string;
  readonly principal: string;
  readonly code: string;
  readonly message: string;
  readonly at: number;
}

export interface Replayed {
  readonly change: string;
  readonly key: string | null;
  readonly title: string;
  /** The version of the definition it followed: `Review v3`. */
  readonly followed: string;
  readonly was: Ending;
  readonly would: Ending;
  readonly refused: readonly RefusedThen[];
  /** Whom the draft would still wait for at the end. */
  readonly missing: readonly {
    readonly roles: readonly string[];
    readonly principals: readonly string[];
    readonly reason: string;
  }[];
  /** Events that the draft does not know, and how often. */
  readonly unknown: Readonly<Record<string, number>>;
  /** Attributes of the proposal that do not fit the draft and were left out. */
  readonly leftOut: readonly string[];
}

/** What is known of senders beside the log row. */
export interface Known {
  readonly principal: (principal: Principal) => Principal;
  readonly electorates: Readonly<Record<string, number>> | undefined;
}

/** Firings of timers without anything else happening; more are a definition that keeps itself busy. */
const MAX_FIRINGS = 1_000;

/** `rows` are all of the change, in order; after the last one timers run until `until` (ms). */
export function replay(
  draft: CompiledWorkflow,
  record: ChangeRecord,
  rows: readonly LogRow[],
  known: Known,
  until: number,
): Replayed {
  const beganAt = rows[0]?.occurredAt ?? record.createdAt;
  const { attributes, leftOut } = fitting(draft, record.attributes);
  const facts: ChangeFacts = { ...record, definition: draft.definition.name, attributes, createdAt: beganAt };
  const refused: RefusedThen[] = [];
  const unknown: Record<string, number> = {};
  const run = new Run(draft, facts, beganAt);
  for (const row of rows) {
    run.letTimeGo(row.occurredAt);
    if (row.kind === 'proposed') {
      const envelope = { principal: known.principal(senderOf(record.tenant, row)) };
      const { electorates } = known;
      run.take({ kind: 'propose', envelope, ...(electorates && { electorates }) });
    } else if (isSent(row)) {
      const isKnown = draft.definition.triggers.includes(row.event) || isBuiltIn(row.event);
      if (!isKnown) {
        unknown[row.event] = (unknown[row.event] ?? 0) + 1;
        continue;
      }
      const refusal = run.take(inputOf(record.tenant, row, known));
      // What came after the draft was done is not refused, it was not needed.
      if (refusal && row.kind !== 'refusal' && refusal.code !== 'CHANGE_CLOSED')
        refused.push({
          event: row.event,
          principal: row.principal,
          code: refusal.code,
          message: refusal.message,
          at: row.occurredAt,
        });
    }
  }
  run.letTimeGo(until);
  const ended = rows.findLast(({ outcome }) => outcome !== null);
  return {
    change: record.change,
    key: record.key,
    title: record.title,
    followed: `${record.definition} v${record.definitionVersion}`,
    was: endingOf(record.outcome, ended?.occurredAt, beganAt),
    would: endingOf(run.live.outcome, run.endedAt, beganAt),
    refused,
    missing: missingIn(run.live),
    unknown,
    leftOut,
  };
}

function endingOf(outcome: string | null, at: number | undefined, beganAt: number): Ending {
  return { outcome, afterMs: outcome === null || at === undefined ? null : Math.max(0, at - beganAt) };
}

/** A change on the draft, from its proposal on. Time only goes forward, whatever senders said. */
class Run {
  live: Live;
  endedAt: number | undefined;
  #now: number;

  constructor(draft: CompiledWorkflow, facts: ChangeFacts, beganAt: number) {
    this.live = proposed(draft, facts);
    this.#now = beganAt;
  }

  /** The refusal, where there is one. */
  take(input: Input) {
    if (input.kind === 'event' && this.live.version === 0) return undefined;
    const { live, entry } = step(this.live, input, this.#now);
    if (live.outcome === null) this.endedAt = undefined;
    else if (this.live.outcome === null) this.endedAt = this.#now;
    this.live = live;
    return entry?.refusal ?? undefined;
  }

  /** Timers that are due until then are over, each at its time. */
  letTimeGo(until: number): void {
    for (let fired = 0; fired < MAX_FIRINGS; fired++) {
      const [timer] = this.live.timers.toSorted((a, b) => a.dueAt - b.dueAt);
      if (!timer || timer.dueAt > until) break;
      this.#now = Math.max(this.#now, timer.dueAt);
      const before = this.live;
      this.take({ kind: 'timer', timer });
      if (this.live === before) break;
    }
    this.#now = Math.max(this.#now, until);
  }
}

/** What a person or an agent did: not a timer of the old definition, an operator's hand, or news of other changes. */
function isSent({ event, principal, principalKind }: LogRow): boolean {
  if (isOperation(event) || event === 'dependency.recheck' || event === 'definition.migrate') return false;
  return !(principalKind === 'system' && principal === 'countersign');
}

function inputOf(tenant: string, row: LogRow, known: Known): Input {
  const { said, signed } = unwrapped(row.data);
  const sender = senderOf(tenant, row);
  const session = signed ? { session: { id: signed, factors: 2, at: row.occurredAt } } : {};
  const envelope: Envelope = {
    principal: { ...known.principal(sender), ...session },
    occurredAt: row.occurredAt,
  };
  const data = row.event === 'change.revise' ? withoutVerdicts(said) : said;
  const command = {
    change: row.change,
    trigger: row.event,
    ...(row.reason !== null && { reason: row.reason }),
    ...(data !== null && { data }),
  };
  return { kind: 'event', command, envelope };
}

function senderOf(tenant: string, { principal, principalKind, role, data }: LogRow): Principal {
  const kind = principalKind as Principal['kind'];
  const behalf = isRecord(data) && typeof data.on_behalf_of === 'string' ? { for: data.on_behalf_of } : {};
  return { tenant, id: principal, kind, roles: role === null ? [] : [role], ...behalf };
}

/** What the sender said, without what the log added to it (`log-data.ts`). */
function unwrapped(data: Json): { readonly said: Json; readonly signed?: string } {
  if (!isRecord(data)) return { said: data };
  const { on_behalf_of: _behalf, ...rest } = data;
  const isAdded = 'on_behalf_of' in data;
  const { signature } = rest;
  if (isRecord(signature ?? null)) {
    const session = (signature as { session?: Json }).session;
    return { said: rest.said ?? null, signed: typeof session === 'string' ? session : 'unknown' };
  }
  if (!isAdded) return { said: data };
  const keys = Object.keys(rest);
  if (keys.length === 0) return { said: null };
  return { said: keys.length === 1 && 'said' in rest ? (rest.said ?? null) : rest };
}

/** What became of votes is judged anew, and where dependencies stood is not known. */
function withoutVerdicts(data: Json): Json {
  if (!isRecord(data)) return data;
  const { fates: _fates, dependencies: _dependencies, ...rest } = data;
  return rest;
}

function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fitting({ definition }: CompiledWorkflow, given: Json): { attributes: Json; leftOut: string[] } {
  if (!isRecord(given)) return { attributes: given, leftOut: [] };
  const entries = Object.entries(given);
  const fits = entries.filter(([name, value]) => !attributeProblem(definition, { [name]: value }));
  const leftOut = entries.filter((each) => !fits.includes(each)).map(([name]) => name);
  return { attributes: Object.fromEntries(fits), leftOut };
}

function missingIn({ workflow, snapshot, updatedAt }: Live): Replayed['missing'] {
  if (!snapshot) return [];
  const { context, value } = snapshot;
  const ballots = standingsOf(workflow.definition, context, value);
  return attentionOf(workflow, snapshot, ballots, updatedAt).map(({ roles, principals, reason }) => ({
    roles,
    principals,
    reason,
  }));
}
