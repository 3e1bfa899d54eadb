/** May I, and if not, why: what an event would do, asked of the same step that would do it. */
import { z } from '@hono/zod-openapi';
import { noSuchChange } from '../../actors/missing.ts';
import { jsonResponse } from '../response.ts';
import { eventBody } from './changes.ts';
import { envelopeOf } from './command.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { refusalDocument } from './wire.ts';

export function addQuestionRoutes(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/changes/{id}/questions',
      summary: 'May I send this event, and what would it do? Nothing is written',
      tag: 'changes',
      params: z.object({ id: field.uuid }),
      body: eventBody,
      answers: { 200: { description: 'The answer, as things stand now', schema: schema.verdict } },
    },
    async ({ params: { id }, body, principal }) => {
      const { trigger, reason, data, revision } = body;
      const command = {
        change: id,
        trigger,
        ...(reason !== undefined && { reason }),
        ...(data !== undefined && { data }),
        ...(revision !== undefined && { revision }),
      };
      const entry = await backend.ask(command, envelopeOf(principal, body, undefined));
      if (entry === undefined) throw noSuchChange(id);
      const { kind, from, to, outcome, role, refusal } = entry;
      const verdict = { allowed: kind === 'transition', late: kind === 'late', from, to, outcome, role };
      return jsonResponse(200, { ...verdict, refusal: refusal && refusalDocument(refusal) });
    },
  );
}
