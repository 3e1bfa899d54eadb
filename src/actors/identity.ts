/** When two commands are the same: what an idempotency key stands for. */
import { createHash } from 'node:crypto';
import type { Envelope, EventCommand, Proposal } from './commands.ts';
import type { Item } from './mailbox.ts';

/** The claim an envelope makes, or null where it carries no key. Keys belong to the principal whose token carried them. */
export function claimOf(envelope: Envelope, command: EventCommand | Proposal): Item['claim'] {
  const { principal, via, actsFor, idempotencyKey } = envelope;
  if (idempotencyKey === undefined) return null;
  const { expectedVersion: _condition, ...content } = { expectedVersion: undefined, ...command };
  const who = actsFor === undefined ? [principal.id] : [principal.id, { for: actsFor }];
  const meaning = [sorted(content), ...who, principal.kind, envelope.occurredAt ?? null];
  const digest = createHash('sha256').update(JSON.stringify(meaning)).digest('hex');
  return { tenant: principal.tenant, principal: via ?? principal.id, key: idempotencyKey, digest };
}

function sorted(command: object): unknown[] {
  return Object.entries(command).sort(([a], [b]) => (a < b ? -1 : 1));
}
