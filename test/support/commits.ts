/** Commits as tests need them: complete, with one part changed. */
import type { ChangeCommit, ChangeFacts, LogEntry, StateRecord } from '../../src/persistence/records.ts';

export const TENANT = 'acme';
const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

export function entry(over: Partial<LogEntry> = {}): LogEntry {
  return {
    kind: 'transition',
    version: 1,
    event: 'approve',
    from: { review: 'pending' },
    to: { review: 'approved' },
    outcome: null,
    principal: 'alice',
    principalKind: 'person',
    via: null,
    role: 'reviewer',
    reason: null,
    data: { comment: 'fine "quotes" \\ and {braces}, 漢字 😀' },
    refusal: null,
    occurredAt: AT,
    recordedAt: AT + 5,
    ...over,
  };
}

export function facts(over: Partial<ChangeFacts> = {}): ChangeFacts {
  return {
    project: 'web',
    key: null,
    title: 'Rewrite the parser',
    author: 'bob',
    authorKind: 'person',
    definition: 'BasicApproval',
    definitionVersion: 1,
    attributes: { risk: 'low', paths: ['src/a.ts'] },
    createdAt: AT,
    ...over,
  };
}

export function state(version: number, over: Partial<StateRecord> = {}): StateRecord {
  return {
    version,
    state: 'review',
    snapshot: { value: 'review', n: version },
    outcome: null,
    updatedAt: AT,
    ...over,
  };
}

/** A new change at version 1. */
export function proposal(change: string, over: Partial<ChangeCommit> = {}): ChangeCommit {
  return {
    tenant: TENANT,
    change,
    baseVersion: 0,
    facts: facts(),
    state: state(1),
    entries: [entry({ kind: 'proposed', event: 'propose', from: null, to: 'review' })],
    timersSet: [],
    timersSettled: [],
    keys: [],
    ...over,
  };
}

/** One step of a change from `base` to the next version. */
export function step(change: string, base: number, over: Partial<ChangeCommit> = {}): ChangeCommit {
  return {
    ...proposal(change),
    baseVersion: base,
    facts: null,
    state: state(base + 1),
    entries: [entry({ version: base + 1 })],
    ...over,
  };
}

/** A refusal judged on `version`: it is logged and moves nothing. */
export function refusal(change: string, version: number, over: Partial<ChangeCommit> = {}): ChangeCommit {
  const refused = { code: 'MISSING_ROLE', message: 'Alice is no reviewer.', accepted: ['reviewer'] } as const;
  return step(change, version, {
    state: null,
    entries: [entry({ kind: 'refusal', version, refusal: refused })],
    ...over,
  });
}
