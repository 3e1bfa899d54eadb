/** A change as one principal sees it: what it is, and what this principal may do now. */
import type { Issue, Refusal } from '../errors.ts';
import { type CompiledWorkflow, denial, enabled } from '../machines/compile.ts';
import type { PrincipalKind } from '../machines/definition.ts';
import type { ChangeRecord, StoredChange } from '../persistence/records.ts';
import type { Principal } from './commands.ts';
import { revive } from './live.ts';

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

/** The triggers enabled in the stored state, with what the machine's own rules say to this principal. */
export function viewOf(workflow: CompiledWorkflow, stored: StoredChange, principal: Principal): ChangeView {
  const { snapshot: _snapshot, ...record } = stored;
  const { snapshot } = revive(workflow, stored);
  if (snapshot === null) return { ...record, enabled: [] };
  const triggers = enabled(workflow, snapshot.value).map((rule): EnabledTrigger => {
    // A reason can still be given; only what the sender cannot change is a refusal here.
    const event = { type: rule.trigger, principal, reason: 'given when it is sent' };
    const { trigger, from, to, roles, by, exclude, reason } = rule;
    return {
      trigger,
      from,
      to,
      roles,
      by,
      exclude,
      reason,
      refusal: denial(rule, snapshot.context, event) ?? null,
    };
  });
  return { ...record, enabled: triggers };
}
