/**
 * Cases that cover a definition: the shortest way to everything it has, found by running the step itself, breadth first, with
 * people for every role. What was not found within the budget is said, and is not called impossible: that is the check's word.
 */
import { type CompiledWorkflow, enabled } from '../../machines/compile.ts';
import { formatDuration } from '../../machines/duration.ts';
import { stateOf } from '../live.ts';
import type { Case, CaseStep } from './cases.ts';
import { eventsBeside, intrudersFor, proposalsFor, sendersFor } from './people.ts';
import { begin, type Happening, type Playing, playStep, whereOf } from './play.ts';
import { coveredBy, type Target, targetsOf } from './targets.ts';

export interface Budget {
  /** Situations looked at, over all proposals. */
  readonly situations: number;
}

const DEFAULT: Budget = { situations: 1_500 };
/** Steps that a way may have. */
const MAX_STEPS = 60;

export interface Generated {
  readonly cases: readonly Case[];
  /** Found by no way. */
  readonly missing: readonly Target[];
  /** Everything that can be reached with these people was looked at. */
  readonly isComplete: boolean;
  readonly situations: number;
}

/** One situation of a change and how it came about. */
interface Situation {
  readonly playing: Playing;
  readonly proposal: Omit<Case, 'name' | 'steps'>;
  readonly before: Situation | undefined;
  readonly step: CaseStep | undefined;
  readonly covered: ReadonlySet<string>;
  /** What is refused here. */
  readonly refused: readonly CaseStep[];
  readonly length: number;
}

/** `workflow` is `playable`. */
export function generate(workflow: CompiledWorkflow, budget: Budget = DEFAULT): Generated {
  const targets = targetsOf(workflow.definition);
  const search = new Search(workflow, new Set(targets.map(({ id }) => id)));
  const proposals = proposalsFor(workflow.definition);
  const share = Math.ceil(budget.situations / proposals.length);
  for (const proposal of proposals) search.from(proposal, share);
  const cases = chosen(search.first, targets).map((end, index) => caseOf(end, index));
  return {
    cases,
    missing: targets.filter(({ id }) => !search.first.has(id)),
    isComplete: !search.isCut,
    situations: search.situations,
  };
}

/** Opened with what is wanted; holds the shortest way found to each of it. */
class Search {
  readonly first = new Map<string, Situation>();
  situations = 0;
  isCut = false;
  readonly #workflow: CompiledWorkflow;
  readonly #wanted: ReadonlySet<string>;
  readonly #beside: readonly CaseStep[];
  readonly #tried = new Set<string>();

  constructor(workflow: CompiledWorkflow, wanted: ReadonlySet<string>) {
    this.#workflow = workflow;
    this.#wanted = wanted;
    this.#beside = eventsBeside(workflow.definition);
  }

  /** Looks at `most` situations at most. */
  from(proposal: Omit<Case, 'name' | 'steps'>, most: number): void {
    const { playing, happening } = begin(this.#workflow, { name: '', steps: [], ...proposal });
    const start = { playing, proposal, before: undefined, step: undefined, length: 0 };
    const root = this.#note({ ...start, covered: coveredBy(this.#workflow, happening), refused: [] });
    const seen = new Map([[keyOf(playing), root]]);
    for (const [, situation] of seen) {
      if (this.first.size >= this.#wanted.size) return;
      this.situations += 1;
      if (situation.length < MAX_STEPS)
        for (const next of this.#next(situation)) {
          const key = keyOf(next.playing);
          if (seen.has(key)) continue;
          if (seen.size < most) seen.set(key, next);
          else this.isCut = true;
        }
    }
  }

  #next(situation: Situation): Situation[] {
    const { playing } = situation;
    const value = stateOf(playing.live) as never;
    const rules = enabled(this.#workflow, value);
    const waiting = waitStep(playing);
    const refused: CaseStep[] = [];
    const found: Situation[] = [];
    for (const rule of rules) {
      for (const each of intrudersFor(rule)) {
        const key = `${rule.from} ${JSON.stringify(each)}`;
        if (this.#tried.has(key)) continue;
        const { happenings } = playStep(playing, each);
        const code = happenings[0]?.entry.refusal?.code;
        if (code === undefined) continue;
        this.#tried.add(key);
        refused.push({ ...each, expect: `refused ${code}` });
      }
      found.push(...this.#taken(situation, sendersFor(this.#workflow.definition, rule)));
    }
    for (const each of [...this.#beside, ...waiting]) found.push(...this.#taken(situation, [each]));
    if (refused.length > 0) Object.assign(situation, { refused: [...situation.refused, ...refused] });
    return found;
  }

  /** The first of them who is heard in a way that is new here. */
  #taken(situation: Situation, steps: readonly CaseStep[]): Situation[] {
    const here = keyOf(situation.playing);
    for (const step of steps) {
      const { playing, happenings } = playStep(situation.playing, step);
      const code = happenings[0]?.entry.refusal?.code;
      const isNew = happenings.some(({ entry }) => entry.kind === 'transition') && keyOf(playing) !== here;
      if (!isNew && code !== 'CONDITION_UNMET') continue;
      const covered = new Set(happenings.flatMap((each: Happening) => [...coveredBy(this.#workflow, each)]));
      if (code === 'CONDITION_UNMET') this.#noteRefused(situation, step, code, covered);
      const length = situation.length + 1;
      if (isNew) {
        const expected = { ...step, expect: whereOf(playing) };
        const next = { playing, proposal: situation.proposal, before: situation, step: expected, length };
        return [this.#note({ ...next, covered, refused: [] })];
      }
    }
    return [];
  }

  /** A condition that does not hold is half of what it can be. */
  #noteRefused(situation: Situation, step: CaseStep, code: string, covered: ReadonlySet<string>): void {
    if (![...covered].some((id) => this.#wanted.has(id) && !this.first.has(id))) return;
    Object.assign(situation, {
      refused: [...situation.refused, { ...step, expect: `refused ${code}` }],
      covered: new Set([...situation.covered, ...covered]),
    });
    this.#note(situation);
  }

  #note(situation: Situation): Situation {
    for (const id of situation.covered)
      if (this.#wanted.has(id) && !this.first.has(id)) this.first.set(id, situation);
    return situation;
  }
}

/** Until the soonest timer is over. */
function waitStep({ live, now }: Playing): CaseStep[] {
  if (live.timers.length === 0) return [];
  const dueAt = Math.min(...live.timers.map((timer) => timer.dueAt));
  return dueAt > now ? [{ wait: formatDuration(Math.ceil((dueAt - now) / 1000) * 1000) }] : [];
}

/** What makes two situations the same to a workflow, as far as cases go: not who did it when. */
function keyOf({ live }: Playing): string {
  const { snapshot, timers } = live;
  const context = snapshot?.context;
  const votes = Object.entries(context?.votes ?? {}).map(([ballot, list]) => [
    ballot,
    list.map(({ by, value }) => `${by} ${value}`).sort(),
  ]);
  return JSON.stringify([
    snapshot?.value,
    votes,
    context?.attributes,
    context?.elapsed,
    context?.escalated,
    context?.threads?.length,
    Math.min(context?.revision?.number ?? 0, 2),
    timers.map(({ name }) => name).sort(),
  ]);
}

/** Few ways that cover all: those that end farthest first, each only for what no other one has. */
function chosen(first: ReadonlyMap<string, Situation>, targets: readonly Target[]): Situation[] {
  const ends = [...new Set(targets.flatMap(({ id }) => first.get(id) ?? []))];
  const open = new Set(first.keys());
  const found: Situation[] = [];
  for (const end of ends.toSorted((a, b) => b.length - a.length)) {
    const covered = wayTo(end).flatMap((each) => [...each.covered]);
    if (!covered.some((id) => open.has(id))) continue;
    for (const id of covered) open.delete(id);
    found.push(end);
  }
  return found.toSorted((a, b) => a.length - b.length);
}

function wayTo(end: Situation): Situation[] {
  const way: Situation[] = [];
  for (let each: Situation | undefined = end; each; each = each.before) way.unshift(each);
  return way;
}

/** What is refused on the way stands before the step that goes on. */
function caseOf(end: Situation, index: number): Case {
  const way = wayTo(end);
  const steps = way.flatMap(({ step, refused }) => [...(step ? [step] : []), ...refused]);
  return { name: `${index + 1}: to ${whereOf(end.playing)}`, ...end.proposal, steps };
}
