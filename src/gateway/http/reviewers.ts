/** Whom to ask for what a change still needs. */
import { z } from '@hono/zod-openapi';
import { noSuchChange } from '../../actors/missing.ts';
import type { Suggestion, SuggestionsFor } from '../../actors/suggestions.ts';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import type { Services } from './services.ts';

const suggestion = z.strictObject({
  principal: z.string(),
  kind: z.string(),
  score: z.number().openapi({ description: 'What they are ranked by: knowledge over load' }),
  knowledge: z.strictObject({
    score: z.number().openapi({ description: 'Worth of so many changes like this one; halves in 60 days' }),
    reviewed: z.int().openapi({ description: 'Changes in the same files or folders, in the last 60 days' }),
    authored: z.int(),
    where: z.string().nullable().openapi({ description: 'The folder where most of it was' }),
    last_at: field.time.nullable(),
  }),
  load: z.strictObject({
    open_reviews: z.int().openapi({ description: 'Other open changes on which they acted' }),
    asked: z.int().openapi({ description: 'Other open changes that wait for them as owners' }),
    recent_votes: z.int().openapi({ description: 'In the last 7 days' }),
  }),
  owns: z.array(z.string()),
  why: z.string().openapi({ example: 'reviewed 7 changes in src/auth in the last 60 days; 2 open reviews' }),
});

export const reviewers = z
  .strictObject({
    change: field.uuid,
    needs: z.array(
      z.strictObject({
        ballot: z.string().nullable().openapi({ description: 'Null where no votes are counted' }),
        need: z.string().openapi({ example: 'Code: needs 2 approvals by reviewer; has 1' }),
        triggers: z.array(z.string()),
        roles: z.array(z.string()),
        owners: z.array(z.string()).openapi({ description: 'Groups of owners that are missing' }),
        suggested: z.array(suggestion),
        excluded: z.array(z.strictObject({ principal: z.string(), why: z.string() })),
      }),
    ),
  })
  .openapi('Reviewers');
export type ReviewersDocument = z.infer<typeof reviewers>;

export function addReviewerRoutes(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/reviewers',
      summary: 'Whom to ask for each thing the change still needs: who knows its files and has time',
      tag: 'changes',
      params: z.object({ id: field.uuid }),
      query: z.strictObject({ limit: field.queryInteger(1, 50).default(5) }),
      answers: { 200: { description: 'One entry for each open need', schema: reviewers } },
    },
    async ({ params: { id }, query: { limit }, principal, hidden }) => {
      const found = await backend.advice.reviewers({ tenant: principal.tenant, change: id }, limit, hidden);
      if (found === undefined) throw noSuchChange(id);
      return jsonResponse(200, { change: id, needs: found.map(needDocument) });
    },
  );
}

function needDocument(given: SuggestionsFor): ReviewersDocument['needs'][number] {
  const { ballot, sentence, triggers, roles, owners, suggested, excluded } = given;
  return {
    ballot,
    need: sentence,
    triggers: [...triggers],
    roles: [...roles],
    owners: [...owners],
    suggested: suggested.map(suggestionDocument),
    excluded: excluded.map(({ principal, why }) => ({ principal, why })),
  };
}

function suggestionDocument({ principal, kind, score, knowledge, load, owns, why }: Suggestion) {
  const { reviewed, authored, where, lastAt } = knowledge;
  return {
    principal,
    kind,
    score: rounded(score),
    knowledge: {
      score: rounded(knowledge.score),
      reviewed,
      authored,
      where,
      last_at: lastAt === null ? null : new Date(lastAt).toISOString(),
    },
    load: { open_reviews: load.openReviews, asked: load.asked, recent_votes: load.recentVotes },
    owns: [...owns],
    why,
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
