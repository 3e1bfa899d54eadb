/**
 * From a record to commands, in the order in which they count: proposed and submitted by the author, the author's own
 * vote (refused where the workflow wants another pair of eyes), the other reviews, the checks, the withdrawal. Pure: the
 * same record gives the same commands with the same idempotency keys, so an import may be repeated or taken up again.
 */
import { createHash } from 'node:crypto';
import type { PrincipalKind } from '../../machines/definition.ts';
import type { As, EventBody, Proposal } from '../wire.ts';
import type { HistoryRecord } from './record.ts';
import type { Act, ImportRule } from './rule.ts';

export interface Keyed<T> {
  readonly idempotencyKey: string;
  readonly body: T;
}

export interface Plan {
  readonly proposal: Keyed<Proposal>;
  readonly events: readonly Keyed<EventBody>[];
}

export function planOf(record: HistoryRecord, rule: ImportRule): Plan {
  const { author } = record;
  const authoredAt = utc(record.authoredAt);
  // When a vote was given is not known, only that it was before the change was submitted to the main line.
  const votedAt = utc(Math.max(Date.parse(authoredAt), Date.parse(record.submittedAt)));
  const timeOf = (id: string) =>
    utc(Math.max(Date.parse(authoredAt), Date.parse(record.votedAt?.get(id) ?? votedAt)));
  const kindOf = (id: string): PrincipalKind =>
    isProgram(id) || record.programs?.has(id) ? 'agent' : 'person';
  const kind = kindOf(author);
  const reviewers = [...new Set(record.reviewedBy)];
  const own = reviewers.filter((id) => id === author);
  const others = reviewers.filter((id) => id !== author);
  const event = (act: Act, id: string, as: PrincipalKind, at: string): Keyed<EventBody> => ({
    idempotencyKey: keyOf(record, act.trigger, id),
    body: { trigger: act.trigger, as: { id, kind: as, roles: act.roles }, occurred_at: at },
  });
  const withdrawal = (by: string, at: string, act: Act): Keyed<EventBody> => {
    const { idempotencyKey, body } = event(
      act,
      by,
      kindOf(by),
      utc(Math.max(Date.parse(at), Date.parse(votedAt))),
    );
    return { idempotencyKey, body: { ...body, reason: 'Given up at the code host.' } };
  };
  const { withdrawn } = record;
  return {
    proposal: {
      idempotencyKey: keyOf(record, PROPOSAL, author),
      body: proposalOf(record, rule, { id: author, kind, roles: rule.submit?.roles ?? [] }),
    },
    events: [
      ...(rule.submit ? [event(rule.submit, author, kind, authoredAt)] : []),
      ...[...own, ...others].map((id) => event(rule.review, id, kindOf(id), timeOf(id))),
      ...[...new Set(record.tryBot)].map((id) => event(rule.check, id, 'agent', timeOf(id))),
      ...(withdrawn && rule.withdraw ? [withdrawal(withdrawn.by, withdrawn.at, rule.withdraw)] : []),
    ],
  };
}

function proposalOf(record: HistoryRecord, { definition }: ImportRule, as: As): Proposal {
  const { project, commit, title, changeId, area, files, dependsOn } = record;
  return {
    definition: definition.name,
    project,
    key: commit,
    title,
    attributes: {
      ...(changeId !== null && { change_id: changeId }),
      ...(area !== null && { area }),
      ...(files !== null && { files }),
      ...(dependsOn !== undefined && { depends_on: dependsOn }),
    },
    as,
    occurred_at: utc(record.authoredAt),
  };
}

function utc(time: string | number): string {
  return new Date(time).toISOString();
}

/** No trigger can have this name. */
const PROPOSAL = '(proposal)';

/** By what is done and by whom, not by position: a history that has gained a vote adds that vote and nothing else. */
function keyOf({ project, commit }: HistoryRecord, act: string, who: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([project, commit, act, who]))
    .digest('base64url');
  return `import:${digest}`;
}

/** `bot-07` in pseudonymous histories; the accounts code hosts give to programs. */
const PROGRAM = /^bot-\d+$|\[bot\]|^(.*[+._-])?(go)?bot@/;

export function isProgram(id: string): boolean {
  return PROGRAM.test(id);
}
