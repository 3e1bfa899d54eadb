/** A change as one principal sees it: what it is, and what this principal may do now. */
import type { Issue, Refusal } from '../errors.ts';
import { type CompiledWorkflow, enabled, type PersistedSnapshot, refusalOf } from '../machines/compile.ts';
import type { ChangeContext, Revision, Suspended } from '../machines/context.ts';
import type { Definition, Exclusion, PrincipalKind } from '../machines/definition.ts';
import type { Dependency } from '../machines/dependencies.ts';
import { attributesOf } from '../machines/facts.ts';
import type { ChangeRecord, Json, StoredChange } from '../persistence/records.ts';
import { attentionOf, type Waiting } from './attention.ts';
import { withIncluded } from './beginning.ts';
import type { Principal } from './commands.ts';
import type { Live } from './live.ts';
import { type BallotView, standingsOf } from './standings.ts';

/** A trigger that is enabled in the change's current state, and whether the principal who asks may use it. */
export interface EnabledTrigger {
  readonly trigger: string;
  /** Whose delegate the principal would be in it; null where the principal acts in the own name. */
  readonly for: string | null;
  /** The state it would leave, as a path: `Review.security.pending`. */
  readonly from: string;
  readonly to: string;
  readonly roles: readonly string[];
  readonly by: readonly PrincipalKind[];
  readonly exclude: readonly Exclusion[];
  readonly reason: 'optional' | 'required';
  /** Null where the principal may; otherwise the refusal the event would get. */
  readonly refusal: Refusal | null;
}

export interface ChangeView extends ChangeRecord {
  readonly enabled: readonly EnabledTrigger[];
  readonly revision: Revision | null;
  readonly ballots: Readonly<Record<string, BallotView>>;
  /** Whose turn it is, and what for. */
  readonly waitsFor: readonly Waiting[];
  /** Threads that wait to be resolved. */
  readonly threads: readonly string[];
  /** Other changes it depends on, and where these stand. */
  readonly dependencies: readonly Dependency[];
  readonly suspended: Pick<Suspended, 'by' | 'at'> | null;
  /** Id of the change that takes its place. */
  readonly supersededBy?: string;
}

/** The answer to a deployment. `created` is false where the newest version already had this digest. */
export interface Deployed {
  readonly name: string;
  readonly version: number;
  readonly digest: string;
  readonly created: boolean;
  readonly warnings: readonly Issue[];
  /** Deployed in spite of errors, which stand among the warnings. */
  readonly forced?: boolean;
  /** The change that has to be approved before this version can be activated. */
  readonly review?: { readonly change: string; readonly key: string };
}

/**
 * The triggers enabled in the stored state, with what the machine's own rules say to this principal; and those that the
 * principal may send as somebody's delegate, where `delegated` is the principal as each of these.
 */
export function viewOf(
  { workflow, snapshot }: Live,
  stored: StoredChange,
  principal: Principal,
  delegated: readonly Principal[] = [],
): ChangeView {
  const { snapshot: _snapshot, ...record } = stored;
  if (snapshot === null)
    return {
      ...record,
      enabled: [],
      revision: null,
      ballots: {},
      waitsFor: [],
      threads: [],
      dependencies: [],
      suspended: null,
    };
  const { context, value } = snapshot;
  const { definition } = workflow;
  const own = enabledFor(workflow, snapshot, principal);
  const others = delegated.flatMap((each) => enabledFor(workflow, snapshot, each));
  const ballots = standingsOf(definition, context, value);
  return {
    ...record,
    attributes: currentAttributes(record.attributes, definition, context),
    enabled: [...own, ...others.filter(({ refusal }) => refusal === null)],
    revision: context.revision ?? null,
    ballots,
    waitsFor: attentionOf(workflow, snapshot, ballots, record.updatedAt),
    threads: context.threads ?? [],
    dependencies: context.dependencies ?? [],
    suspended: context.suspended ? { by: context.suspended.by, at: context.suspended.at } : null,
    ...(context.supersededBy !== undefined && { supersededBy: context.supersededBy }),
  };
}

function enabledFor(
  workflow: CompiledWorkflow,
  { context, value }: PersistedSnapshot,
  principal: Principal,
): EnabledTrigger[] {
  const { definition } = workflow;
  const holder = withIncluded(definition, principal);
  return enabled(workflow, value).map((rule) => {
    const { trigger, from, to, roles, by, exclude, reason } = rule;
    // A reason can still be given; only what the sender cannot change is a refusal here.
    const event = { type: trigger, principal: holder, reason: 'given when it is sent', value };
    const refusal = refusalOf(definition, rule, context, event) ?? null;
    return { trigger, for: principal.for ?? null, from, to, roles, by, exclude, reason, refusal };
  });
}

/** What the proposal said, and over it what the declared attributes are now. */
function currentAttributes(proposed: Json, definition: Definition, context: ChangeContext): Json {
  if (!definition.attributes) return proposed;
  return { ...(proposed as object), ...(attributesOf(definition, context) as Record<string, Json>) };
}
