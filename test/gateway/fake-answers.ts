/** What the fake runtime answers, by the trigger that a test sends: a row, a refusal, a failure. */
import type { Answer, Envelope, EventCommand } from '../../src/actors/commands.ts';
import { CountersignError, type Refusal } from '../../src/errors.ts';
import type { LogRow } from '../../src/persistence/records.ts';

export const NOW = Date.UTC(2026, 10, 23, 9, 30);

export const ROW: Omit<LogRow, 'tenant' | 'change' | 'seq' | 'version'> = {
  kind: 'transition',
  event: 'approve',
  from: 'Review',
  to: 'Approved',
  outcome: null,
  principal: 'ann',
  principalKind: 'person',
  via: null,
  role: 'reviewer',
  reason: null,
  data: null,
  refusal: null,
  occurredAt: NOW,
  recordedAt: NOW,
};

export const ENABLED = {
  trigger: 'approve',
  for: null,
  from: 'Review.code.waiting',
  to: 'Review.code.done',
  roles: ['reviewer'],
  by: ['person'],
  exclude: ['author'],
  reason: 'optional',
} as const;

/** In a group, each command's own. */
export function keyOf({ idempotencyKey: key }: Envelope, { change }: EventCommand): Partial<Envelope> {
  return key === undefined ? {} : { idempotencyKey: `${key}/${change}` };
}

export function refused(refusal: Refusal): Answer {
  return { ok: false, refusal, row: null, replayed: false };
}

export const REFUSED: Readonly<Record<string, Refusal>> = {
  forbidden: { code: 'MISSING_ROLE', message: 'Needs role "reviewer".', accepted: ['reviewer'] },
  unknown: { code: 'UNKNOWN_EVENT', message: 'There is no such trigger.', accepted: ['approve'] },
};

export const FAILURES: Readonly<Record<string, () => Error>> = {
  busy: () => new CountersignError('TOO_BUSY', 'Too many commands wait.'),
  away: () => new CountersignError('STORE_UNAVAILABLE', 'The database is away.'),
  crash: () => new Error('secret detail'),
};
