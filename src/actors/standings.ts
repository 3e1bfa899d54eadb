/** What the ballots of a change come to, as people read it: what is asked for and why, and which votes there are. */
import type { Need } from '../machines/ballot.ts';
import type { ChangeContext, Vote } from '../machines/context.ts';
import type { Definition } from '../machines/definition.ts';
import { factsOf, holds, reasonsFor } from '../machines/facts.ts';
import { type NeedStanding, needsOf, type Status, statusOf, tallyOf, votesOf } from '../machines/standing.ts';

export interface BallotView {
  readonly title: string | null;
  readonly status: Status;
  readonly approvals: number;
  readonly rejections: number;
  readonly vetoed: boolean;
  readonly needs: readonly NeedView[];
  readonly votes: readonly Vote[];
}

export interface NeedView {
  /** "needs 2 approvals by security_reviewer because risk is high; has 1" */
  readonly sentence: string;
  readonly satisfied: boolean;
  readonly have: number;
  readonly want: number;
  readonly missing: readonly string[];
}

/** By ballot; needs that are not asked for here are left out. */
export function standingsOf(
  definition: Definition,
  context: ChangeContext,
  value: Parameters<typeof factsOf>[2],
): Readonly<Record<string, BallotView>> {
  const facts = factsOf(definition, context, value);
  const decides = (text: string) => holds(text, facts);
  return Object.fromEntries(
    Object.entries(definition.ballots ?? {}).map(([name, ballot]) => {
      const { approvals, rejections, isVetoed } = tallyOf(ballot, context, name);
      const needs = needsOf(ballot, name, context, decides).filter(({ isAsked }) => isAsked);
      const view: BallotView = {
        title: ballot.title ?? null,
        status: statusOf(ballot, name, context, decides),
        approvals,
        rejections,
        vetoed: isVetoed,
        needs: needs.map((need) => needView(need, (text) => reasonsFor(text, facts))),
        votes: votesOf(context, name),
      };
      return [name, view];
    }),
  );
}

function needView(standing: NeedStanding, reasons: (text: string) => string[]): NeedView {
  const { need, isSatisfied, have, want, missing } = standing;
  const because = need.if === undefined ? '' : ` because ${reasons(need.if).join(' and ')}`;
  const lacking = missing.length > 0 ? `; missing ${missing.join(', ')}` : `; has ${have}`;
  const sentence = `needs ${phrase(need)}${because}${isSatisfied ? '' : lacking}`;
  return { sentence, satisfied: isSatisfied, have, want, missing };
}

function phrase(need: Need): string {
  switch (need.kind) {
    case 'count': {
      const what = need.count === 1 ? '1 approval' : `${need.count} approvals`;
      const grade = need.at > 1 ? ` of +${need.at}` : '';
      return `${what}${grade}${need.of ? ` by ${need.of}` : ''}`;
    }
    case 'share':
      return `approvals from ${need.percent}% of ${need.of}`;
    case 'majority':
      return 'more approvals than rejections';
    case 'weight':
      return `approvals that weigh ${need.weight}`;
    case 'each':
      return need.of === 'owners'
        ? 'an approval for each touched owners file'
        : `an approval from each of ${need.of.join(', ')}`;
  }
}
