/**
 * Whom to ask: for each thing a change still needs, those who may give it, the most knowing first, among equals whoever has
 * least to do. Knowledge alone would ask the same few people until they leave; so it is divided by load (Mirsaeedi & Rigby,
 * Mitigating Turnover with Code Review Recommendation, ICSE 2020; Asthana et al., WhoDo, ESEC/FSE 2019).
 *
 * Everything is learnt from the end of the tenant's log, read at most once a minute, of a bounded length.
 */
import type { CompiledWorkflow } from '../machines/compile.ts';
import type { PrincipalKind } from '../machines/definition.ts';
import type { Activity } from '../persistence/history-records.ts';
import type { StoredChange } from '../persistence/records.ts';
import { remembered } from './estimates/remembered.ts';
import { revive } from './live.ts';
import type { Clock, Store } from './ports.ts';
import {
  type Candidate,
  candidatesFor,
  exclusionOf,
  type Question,
  type Seen,
  type Staff,
  seenIn,
} from './suggestions/candidates.ts';
import { HALF_LIFE_DAYS, type Knowledge, knowledgeOf, NO_KNOWLEDGE } from './suggestions/knowledge.ts';
import { type Load, loadOf, NO_LOAD, RECENT_MS } from './suggestions/load.ts';
import { type OpenNeed, openNeeds } from './suggestions/needs.ts';

export type { Staff } from './suggestions/candidates.ts';

export interface Suggestion {
  readonly principal: string;
  readonly kind: PrincipalKind;
  /** What they are ranked by: knowledge over load. */
  readonly score: number;
  readonly knowledge: Knowledge;
  readonly load: Load;
  /** Groups of owners that want them. */
  readonly owns: readonly string[];
  /** "reviewed 7 changes in src/auth in the last 60 days; 2 open reviews" */
  readonly why: string;
}

export interface SuggestionsFor extends Pick<OpenNeed, 'ballot' | 'sentence' | 'roles'> {
  readonly triggers: readonly string[];
  /** Names of the groups that are missing. */
  readonly owners: readonly string[];
  readonly suggested: readonly Suggestion[];
  /** Those who would come into question and may not. */
  readonly excluded: readonly { readonly principal: string; readonly why: string }[];
}

/** Rows of the log that are looked at, the newest. */
const LOOKED_AT = 10_000;
/** A few megabytes each. */
const KEPT_TENANTS = 20;
/** So that whoever knows nothing yet is ranked by load, and can come to know. */
const BEGINNER = 0.1;
/** So many votes in a week weigh like one open review. */
const VOTES_PER_REVIEW = 5;

export class Suggestions {
  readonly #store: Pick<Store, 'activity'>;
  readonly #clock: Clock;
  readonly #remembered: (key: string, make: (now: number) => Promise<Activity>) => Promise<Activity>;

  constructor(store: Pick<Store, 'activity'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#remembered = remembered<Activity>(clock, KEPT_TENANTS);
  }

  /** At most `limit` people for each need, and as many who are excluded; learnt from no change of a hidden project. */
  async for(
    workflow: CompiledWorkflow,
    stored: StoredChange,
    staff: Staff,
    limit: number,
    hidden: ReadonlySet<string>,
  ): Promise<SuggestionsFor[]> {
    const { snapshot } = revive(workflow, stored);
    if (snapshot === null || stored.outcome !== null) return [];
    const { tenant, change } = stored;
    const now = this.#clock.now();
    const { context, value } = snapshot;
    const needs = openNeeds(workflow, { context, value });
    if (needs.length === 0) return [];
    const all = await this.#remembered(tenant, (at) =>
      this.#store.activity(tenant, { rows: LOOKED_AT, recentSince: at - RECENT_MS }),
    );
    const activity = withoutProjects(all, hidden);
    const known: Known = {
      seen: seenIn(tenant, activity.acts),
      knowledge: knowledgeOf(activity, change, context.revision?.files ?? [], now),
      load: loadOf(activity, change),
    };
    const question = { workflow, context, value, tenant, now };
    return needs.map((need) => suggestionsFor(need, known, staff, question, limit));
  }
}

function withoutProjects({ acts, revisions }: Activity, hidden: ReadonlySet<string>): Activity {
  const isSeen = ({ project }: { readonly project: string }) => !hidden.has(project);
  return { acts: acts.filter(isSeen), revisions: revisions.filter(isSeen) };
}

interface Known {
  readonly seen: ReadonlyMap<string, Seen>;
  readonly knowledge: ReadonlyMap<string, Knowledge>;
  readonly load: ReadonlyMap<string, Load>;
}

function suggestionsFor(
  need: OpenNeed,
  known: Known,
  staff: Staff,
  question: Question,
  limit: number,
): SuggestionsFor {
  const suggested: Suggestion[] = [];
  const excluded: { readonly principal: string; readonly why: string }[] = [];
  for (const candidate of candidatesFor(need, known.seen, staff, question)) {
    const why = exclusionOf(need, candidate, question);
    if (why === undefined) suggested.push(suggestionOf(candidate, known));
    else excluded.push({ principal: candidate.principal.id, why });
  }
  const { ballot, sentence, roles, owners, rules } = need;
  return {
    ballot,
    sentence,
    roles,
    triggers: [...new Set(rules.map(({ trigger }) => trigger))],
    owners: (owners ?? []).map(({ name }) => name),
    suggested: suggested.sort((a, b) => b.score - a.score || byName(a, b)).slice(0, limit),
    excluded: excluded.sort(byName).slice(0, limit),
  };
}

function suggestionOf({ principal: { id, kind }, owns }: Candidate, known: Known): Suggestion {
  const knowledge = known.knowledge.get(id) ?? NO_KNOWLEDGE;
  const load = known.load.get(id) ?? NO_LOAD;
  const busy = load.openReviews + load.asked + load.recentVotes / VOTES_PER_REVIEW;
  const score = (BEGINNER + knowledge.score) / (1 + busy);
  return { principal: id, kind, score, knowledge, load, owns, why: reasonOf(knowledge, load, owns) };
}

function reasonOf({ reviewed, authored, where }: Knowledge, load: Load, owns: readonly string[]): string {
  const place = where === null ? '' : ` in ${where}`;
  const did = [
    ...(reviewed > 0 ? [`reviewed ${count(reviewed, 'change')}`] : []),
    ...(authored > 0 ? [`worked on ${count(authored, 'change')}`] : []),
  ];
  const { openReviews, asked } = load;
  return [
    ...(owns.length > 0 ? [`owner by ${owns.join(', ')}`] : []),
    did.length > 0
      ? `${did.join(' and ')}${place} in the last ${HALF_LIFE_DAYS} days`
      : `nothing of this in the last ${HALF_LIFE_DAYS} days`,
    openReviews > 0 ? count(openReviews, 'open review') : 'no open review',
    ...(asked > 0 ? [`${count(asked, 'more change')} wait${asked === 1 ? 's' : ''} for them`] : []),
  ].join('; ');
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function byName(a: { readonly principal: string }, b: { readonly principal: string }): number {
  return a.principal < b.principal ? -1 : a.principal > b.principal ? 1 : 0;
}
