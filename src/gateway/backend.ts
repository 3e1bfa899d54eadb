/** What the gateway needs from the runtime behind it; `actors` provides it, tests put a small fake in its place. */
import type { AtWork } from '../actors/at-work.ts';
import type { Answer, Envelope, EventCommand, Principal, Proposal } from '../actors/commands.ts';
import type { Contents } from '../actors/contents/contents.ts';
import type { NewDelegation } from '../actors/delegations.ts';
import type { GraphQuestions } from '../actors/dependencies/questions.ts';
import type { Said } from '../actors/directory/entries.ts';
import type { Directory } from '../actors/directory/state.ts';
import type { GroupAnswer } from '../actors/group.ts';
import type { Life } from '../actors/life/life.ts';
import type { Store } from '../actors/ports.ts';
import type { GivenOwners } from '../actors/project-owners.ts';
import type { StaffingQuestions } from '../actors/staffing.ts';
import type { Advice } from '../actors/suggestions/advice.ts';
import type { TimeTravel } from '../actors/time-travel.ts';
import type { ChangeView, Deployed } from '../actors/views.ts';
import type {
  CalendarRecord,
  ChangeRef,
  DelegationRecord,
  LogEntry,
  ProjectOwners,
  ProjectRef,
} from '../persistence/records.ts';

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
  | 'delegations'
  | 'directoryHistory'
  | 'projectOwners'
  | 'calendars'
  | 'readers'
  | 'revocations'
>;

export interface Backend {
  propose(proposal: Proposal, envelope: Envelope): Promise<Answer>;
  send(command: EventCommand, envelope: Envelope): Promise<Answer>;
  /** All of them or none, one per change. Throws NOT_FOUND where one of the changes does not exist. */
  sendGroup(commands: readonly EventCommand[], envelope: Envelope): Promise<GroupAnswer>;
  /** What the event would leave in the log, without doing it. Undefined where the tenant has no such change. */
  ask(command: EventCommand, envelope: Envelope): Promise<LogEntry | undefined>;
  /** Undefined where the tenant has no such change. */
  view(ref: ChangeRef, principal: Principal): Promise<ChangeView | undefined>;
  /** `source` is the JSON spelling of the grammar. Throws DEFINITION_INVALID with one issue per finding. */
  deploy(
    tenant: string,
    source: unknown,
    by: Principal,
    reason: string | null,
    /** `strictStaffing`: refuse what the people of the tenant cannot finish. `force`: in spite of errors. */
    how?: { readonly strictStaffing?: boolean; readonly force?: boolean },
  ): Promise<Deployed>;
  /** Throws INVALID_INPUT with an issue for each defect of the files. */
  setOwners(project: ProjectRef, given: GivenOwners, by: Principal): Promise<ProjectOwners>;
  /** Throws INVALID_INPUT with an issue for each mistake. */
  setCalendar(tenant: string, name: string, source: unknown, by: Principal): Promise<CalendarRecord>;
  /** Who is who in the tenant. */
  directory(tenant: string): Promise<Directory>;
  /** Adds to the directory, all or nothing. Throws INVALID_INPUT where one entry is named twice. */
  say(tenant: string, said: readonly Said[], reason: string | null, by: Principal): Promise<Directory>;
  delegate(given: NewDelegation, by: Principal): Promise<DelegationRecord>;
  /** Throws NOT_FOUND, and FORBIDDEN where it is not for `by` to end it. */
  revokeDelegation(id: string, by: Principal): Promise<DelegationRecord>;
  readonly store: ReadStore;
  /** Versions of definitions, which are active where, and migrations between them. */
  readonly life: Life;
  /** What the past says of a change. */
  readonly advice: Advice;
  /** What revisions hold. */
  readonly contents: Contents;
  /** What depends on what. */
  readonly graph: GraphQuestions;
  /** Whether people can finish what definitions ask for. */
  readonly staffing: StaffingQuestions;
  /** What this process has in hand, and which changes it has stopped. */
  readonly atWork: AtWork;
  /** How the past would have gone under a draft. */
  readonly timeTravel: TimeTravel;
  /** Whether commands would be served now: the database answers. */
  ready(): Promise<boolean>;
}
