/** What the runtime is asked, and what it answers. */

import type { Refusal } from '../errors.ts';
import type { SignedIn } from '../machines/context.ts';
import type { PrincipalKind } from '../machines/definition.ts';
import type { Json, LogRow } from '../persistence/records.ts';

/** Who acts: a person, an agent or the system, with the roles held now. */
export interface Principal {
  readonly tenant: string;
  readonly id: string;
  readonly kind: PrincipalKind;
  readonly roles: readonly string[];
  /** The person an agent works for: their approvals count as one. */
  readonly sponsor?: string;
  /** Whose delegate the principal is in this command. */
  readonly for?: string;
  /** How the principal signed in, and when (ms). */
  readonly session?: SignedIn;
}

/** How a command came in. */
export interface Envelope {
  readonly principal: Principal;
  /** Whose token carried it, where that is another principal. */
  readonly via?: string;
  /** For whom the principal wants to act in this command, by a delegation that the runtime looks for. */
  readonly actsFor?: string;
  readonly idempotencyKey?: string;
  /** When it happened (ms), where that is not now. */
  readonly occurredAt?: number;
}

export interface Proposal {
  readonly definition: string;
  readonly project: string;
  readonly key?: string;
  readonly title: string;
  readonly attributes?: Json;
}

export interface EventCommand {
  readonly change: string;
  readonly trigger: string;
  readonly reason?: string;
  readonly data?: Json;
  /** The revision the sender saw; the command is refused where there is a newer one. */
  readonly revision?: number;
  /** The version the sender saw; the command is refused where the change has moved on. */
  readonly expectedVersion?: number;
}

/** The answer to a command is the log row it left; only refusals decided before the step leave none. */
export type Answer =
  | { readonly ok: true; readonly row: LogRow; readonly replayed: boolean }
  | {
      readonly ok: false;
      readonly refusal: Refusal;
      readonly row: LogRow | null;
      readonly replayed: boolean;
    };
