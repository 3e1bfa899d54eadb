/** What the runtime shows of a change, and how definitions reach it: the half of its surface that only reads. */
import type { Issue, Refusal } from '../errors.ts';
import type { PrincipalKind } from '../machines/definition.ts';
import type { ChangeRecord } from '../persistence/records.ts';

/** A trigger that is enabled in the change's current state, and whether the principal who asks may use it. */
export interface EnabledTrigger {
  readonly trigger: string;
  /** The state it would leave, as a path: `Review.security.pending`. */
  readonly from: string;
  readonly to: string;
  readonly roles: readonly string[];
  readonly by: readonly PrincipalKind[];
  readonly exclude: readonly 'author'[];
  readonly reason: 'optional' | 'required';
  /** Null where the principal may; otherwise the refusal the event would get. */
  readonly refusal: Refusal | null;
}

export interface ChangeView extends ChangeRecord {
  readonly enabled: readonly EnabledTrigger[];
}

/** The answer to a deployment. `created` is false where the newest version already had this digest. */
export interface Deployed {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly created: boolean;
  readonly warnings: readonly Issue[];
}
