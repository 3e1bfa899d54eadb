/** Whether the tenant's people can finish what a definition asks for, who is irreplaceable, and how many may be away. */
import { z } from '@hono/zod-openapi';
import type { StaffingAnswer } from '../../actors/staffing.ts';
import { MAX_K } from '../../machines/staffing/staffing.ts';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import { requireOpen } from './hidden.ts';
import type { Routes } from './route.ts';
import type { Services } from './services.ts';

/** Names in one question. */
const MAX_AWAY = 100;

const names = z.array(z.string());

export const staffing = z
  .strictObject({
    name: z.string(),
    version: z.int(),
    project: z.string().nullable().openapi({ description: 'Null: with what is granted everywhere' }),
    staffed: z.boolean().openapi({ description: "Everybody's changes can come to a good end" }),
    decided: z
      .boolean()
      .openapi({ description: 'False where there was too much to look at: then it is what is known' }),
    authors: z.strictObject({
      served: z
        .int()
        .openapi({ description: 'Authors whose changes can be finished, somebody unknown among them' }),
      all: z.int(),
    }),
    findings: z.array(
      z.strictObject({
        code: z.enum(['UNSTAFFED', 'IRREPLACEABLE']),
        message: z.string(),
        roles: names,
        place: z.string().openapi({ example: '"Release"' }),
        people: names.openapi({ description: 'Who could give what is missing, or who is irreplaceable' }),
        authors: names.nullable().openapi({ description: "Whose changes it is about; null: everybody's" }),
      }),
    ),
    irreplaceable: names,
    resilience: z.strictObject({
      holds: z.int().nullable().openapi({
        description: 'So many may be away, whoever they are; null where nothing can be finished',
      }),
      asked: z.int(),
      broken: z
        .strictObject({ away: names, author: z.string().nullable(), message: z.string() })
        .nullable()
        .openapi({ description: 'People who are too many, and whose changes that stops' }),
    }),
    unknown: names.openapi({
      description: 'Of those who were said to be away: whom the directory does not know',
    }),
  })
  .openapi('Staffing');
export type StaffingDocument = z.infer<typeof staffing>;

const query = z.strictObject({
  project: field.name.optional(),
  away: z
    .string()
    .max(20_000)
    .transform((text) => text.split(',').filter((id) => id !== ''))
    .pipe(z.array(field.principalId).max(MAX_AWAY))
    .optional()
    .openapi({ type: 'string', description: 'Who is not there, separated by commas', example: 'ann,bob' }),
  k: field.queryInteger(0, MAX_K).optional().openapi({ description: 'How many more may be away (else 1)' }),
});

export function addStaffingRoutes(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/definitions/{name}/staffing',
      summary: 'Whether the people of the directory can finish its changes, and with how many of them away',
      tag: 'definitions',
      params: z.object({ name: field.name }),
      query,
      answers: { 200: { description: 'The answer', schema: staffing } },
    },
    async ({ params: { name }, query: { project, away, k }, principal, hidden }) => {
      requireOpen(project, hidden);
      const asked = {
        ...(project !== undefined && { project }),
        ...(away !== undefined && { away }),
        ...(k !== undefined && { k }),
        hidden,
      };
      return jsonResponse(200, staffingDocument(await backend.staffing.of(principal.tenant, name, asked)));
    },
  );
}

function staffingDocument({ findings, ...rest }: StaffingAnswer): StaffingDocument {
  const { authors, irreplaceable, resilience, unknown, ...facts } = rest;
  const { broken } = resilience;
  return {
    ...facts,
    authors,
    findings: findings.map(({ path: _, roles, people, authors: whose, ...each }) => ({
      ...each,
      roles: [...roles],
      people: [...people],
      authors: whose && [...whose],
    })),
    irreplaceable: [...irreplaceable],
    resilience: { ...resilience, broken: broken && { ...broken, away: [...broken.away] } },
    unknown: [...unknown],
  };
}
