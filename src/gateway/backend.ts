/** What the gateway needs from the runtime behind it; `actors` provides it, tests put a small fake in its place. */
import type { Answer, Envelope, EventCommand, Principal, Proposal } from '../actors/commands.ts';
import type { Store } from '../actors/ports.ts';
import type { ChangeView, Deployed } from '../actors/views.ts';
import type { ChangeRef } from '../persistence/records.ts';

/** The part of the store that answers questions; no change is written through it. */
export type ReadStore = Pick<
  Store,
  | 'change'
  | 'changes'
  | 'outcomes'
  | 'log'
  | 'position'
  | 'definition'
  | 'definitions'
  | 'createTenant'
  | 'tenants'
  | 'pendingTimers'
>;

export interface Backend {
  propose(proposal: Proposal, envelope: Envelope): Promise<Answer>;
  send(command: EventCommand, envelope: Envelope): Promise<Answer>;
  /** Undefined where the tenant has no such change. */
  view(ref: ChangeRef, principal: Principal): Promise<ChangeView | undefined>;
  /** `source` is the JSON spelling of the grammar. Throws DEFINITION_INVALID with one issue per finding. */
  deploy(tenant: string, source: unknown, by: Principal, reason: string | null): Promise<Deployed>;
  readonly store: ReadStore;
  /** Whether commands would be served now: the database answers. */
  ready(): Promise<boolean>;
}
