/** Migrations: bring running changes to another version of their definition, and say how that goes. For deployers. */
import { z } from '@hono/zod-openapi';
import type { MigrationAct } from '../../actors/life/migrations.ts';
import { jsonResponse } from '../response.ts';
import * as field from './fields.ts';
import * as life from './life-schemas.ts';
import { refusalResponse } from './problem-response.ts';
import type { Routes } from './route.ts';
import * as schema from './schemas.ts';
import type { Services } from './services.ts';

const tag = 'migrations';
const role = 'deployer';
const one = z.object({ id: field.uuid });

export const startedMigration = z
  .strictObject({ migration: life.migration, report: life.migrationReport })
  .openapi('StartedMigration');

const ACTS: Readonly<Record<MigrationAct, string>> = {
  pause: 'Let a migration rest',
  resume: 'Let a migration go on',
  revert: 'Bring back every change to which nothing has happened since',
  close: 'End it: from then on it cannot be reverted',
};

export function addMigrationRoutes(routes: Routes, services: Services): void {
  addStarting(routes, services);
  addReading(routes, services);
  for (const act of Object.keys(ACTS) as MigrationAct[]) addAct(routes, services, act);
}

function addStarting(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'post',
      path: '/v1/migrations',
      summary: 'Bring the running changes of one version to another, or show who would land where',
      tag,
      role,
      body: life.migrationBody,
      answers: {
        200: { description: 'A dry run: nothing was moved', schema: life.migrationReport },
        202: { description: 'It was proven to be safe and has begun', schema: startedMigration },
      },
    },
    async ({ body, principal, requestId }) => {
      const { definition: name, from, to, states, votes, timers, reason = null, dry_run } = body;
      const request = { name, from, to, plan: { states, votes, timers }, reason };
      const { migrations } = backend.life;
      if (dry_run)
        return jsonResponse(200, life.reportDocument(await migrations.dryRun(principal.tenant, request)));
      const started = await migrations.start(principal.tenant, request, principal);
      if (!started.ok) return refusalResponse(started.refusal, requestId, {});
      const migration = life.migrationDocument(started.migration);
      const document = { migration, report: life.reportDocument(started.report) };
      return jsonResponse(202, document, { location: `/v1/migrations/${migration.id}` });
    },
  );
}

function addReading(routes: Routes, { backend }: Services): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/migrations',
      summary: 'Migrations of the tenant, newest first',
      tag,
      role,
      answers: { 200: { description: 'The last 200', schema: schema.page(life.migration) } },
    },
    async ({ principal }) => {
      const all = await backend.life.migrations.list(principal.tenant);
      return jsonResponse(200, { items: all.map(life.migrationDocument), next_cursor: null });
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/migrations/{id}',
      summary: 'How far a migration is',
      tag,
      role,
      params: one,
      answers: { 200: { description: 'The migration', schema: life.migration } },
    },
    async ({ params: { id }, principal }) =>
      jsonResponse(200, life.migrationDocument(await backend.life.migrations.get(principal.tenant, id))),
  );
}

function addAct(routes: Routes, { backend }: Services, act: MigrationAct): void {
  routes.authorised(
    {
      method: 'post',
      path: `/v1/migrations/{id}/${act}`,
      summary: ACTS[act],
      tag,
      role,
      params: one,
      answers: { 200: { description: 'As it is now', schema: life.migration } },
    },
    async ({ params: { id }, principal, requestId }) => {
      const done = await backend.life.migrations.act(principal.tenant, id, act);
      if ('code' in done) return refusalResponse(done, requestId, {});
      return jsonResponse(200, life.migrationDocument(done));
    },
  );
}
