/** How long a change will take: until its next step and until its outcome, learnt from the tenant's own past. */
import { z } from '@hono/zod-openapi';
import type { Estimate } from '../../actors/estimates/estimates.ts';
import { noSuchChange } from '../../actors/missing.ts';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import type { Services } from './services.ts';

const beyond = 'null: later than anything that was seen';
const rangeFields = {
  low_ms: z.int().openapi({ description: 'From now; one in ten changes like it was faster' }),
  likely_ms: z
    .int()
    .nullable()
    .openapi({ description: `Half of them were faster; ${beyond}` }),
  high_ms: z
    .int()
    .nullable()
    .openapi({ description: `Nine in ten were faster; ${beyond}` }),
  based_on: z.int().openapi({ description: 'How many stays it was learnt from, unfinished ones among them' }),
  scope: z.enum(['project', 'all_projects', 'all_versions']).openapi({
    description: 'Where they come from: this version of the workflow in this project, in all, or any version',
  }),
};
const share = z.number().min(0).max(1);

export const estimate = z
  .strictObject({
    change: field.uuid,
    at: field.time,
    next_step: z.strictObject(rangeFields).nullable(),
    outcome: z
      .strictObject({
        ...rangeFields,
        like: z.enum(['configuration', 'state']),
        by_outcome: z.record(z.string(), share).openapi({
          description: 'Shares of 1; "open": those that nobody has seen the end of',
          example: { approved: 0.87, rejected: 0.1, open: 0.03 },
        }),
      })
      .nullable(),
    why: z.string().nullable().openapi({ description: 'What is missing, where there is no estimate' }),
  })
  .openapi('Estimate');
export type EstimateDocument = z.infer<typeof estimate>;

export function addEstimateRoutes(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/estimate',
      summary: 'When a change will go on and when it will be over, as ranges counted from now',
      tag: 'changes',
      params: z.object({ id: field.uuid }),
      answers: { 200: { description: 'What the past says, where there is enough of it', schema: estimate } },
    },
    async ({ params: { id }, principal, hidden }) => {
      const found = await backend.advice.estimate({ tenant: principal.tenant, change: id }, hidden);
      if (found === undefined) throw noSuchChange(id);
      return jsonResponse(200, estimateDocument(found));
    },
  );
}

function estimateDocument({ change, at, nextStep, outcome, why }: Estimate): EstimateDocument {
  return {
    change,
    at: new Date(at).toISOString(),
    next_step: nextStep && rangeDocument(nextStep),
    outcome: outcome && {
      ...rangeDocument(outcome),
      like: outcome.like,
      by_outcome: Object.fromEntries(
        Object.entries(outcome.byOutcome).map(([end, part]) => [end, Number(part.toFixed(3))]),
      ),
    },
    why,
  };
}

type Range = NonNullable<Estimate['nextStep']>;

function rangeDocument({
  lowMs,
  likelyMs,
  highMs,
  basedOn,
  scope,
}: Range): EstimateDocument['next_step'] & object {
  return { low_ms: lowMs, likely_ms: likelyMs, high_ms: highMs, based_on: basedOn, scope };
}
