/** What operators say of a project: who owns its files. */
import { z } from '@hono/zod-openapi';
import { CountersignError } from '../../errors.ts';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';
import { ownersDocument } from './wire.ts';

const tag = 'projects';
const path = '/v1/projects/{project}/owners';
const params = z.object({ project: field.name });

const MAX_FILES = 5_000;
const filePath = field.text(400);

export const ownersBody = z
  .strictObject({
    format: schema.ownersFormat,
    files: z
      .record(filePath, z.string())
      .refine((files) => Object.keys(files).length <= MAX_FILES, `are more than ${MAX_FILES}`)
      .openapi({
        description: 'Text by path: the one CODEOWNERS file, or every OWNERS file (and OWNERS_ALIASES)',
        example: { 'lib/OWNERS': 'approvers:\n- ada\n' },
      }),
    reason: field.reason.optional(),
  })
  .openapi('NewProjectOwners');

export function addProjectRoutes(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'put',
      path,
      summary: 'Say who owns the files of a project',
      tag,
      role: 'operator',
      params,
      body: ownersBody,
      answers: { 200: { description: 'The owners that count from now on', schema: schema.projectOwners } },
    },
    async ({ params: { project }, body: { format, files, reason = null }, principal }) => {
      const ref = { tenant: principal.tenant, project };
      const owners = await backend.setOwners(ref, { format, files, reason }, principal);
      return jsonResponse(200, ownersDocument(owners));
    },
  );
  routes.authorised(
    {
      method: 'get',
      path,
      summary: 'Who owns the files of a project',
      tag,
      params,
      answers: { 200: { description: 'The owners files', schema: schema.projectOwners } },
    },
    async ({ params: { project }, principal }) => {
      const owners = await backend.store.projectOwners(principal.tenant, project);
      if (!owners) throw noOwners(project);
      return jsonResponse(200, ownersDocument(owners));
    },
  );
}

function noOwners(project: string): CountersignError {
  return new CountersignError('NOT_FOUND', `The project "${project}" has no owners files.`, {
    hint: `Set them with PUT /v1/projects/${encodeURIComponent(project)}/owners.`,
  });
}
