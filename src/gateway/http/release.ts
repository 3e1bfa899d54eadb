/** A change that broke an invariant and was stopped goes on, where it can be loaded again. */
import { z } from '@hono/zod-openapi';
import type { Principal } from '../../actors/commands.ts';
import { noSuchChange } from '../../actors/missing.ts';
import { CountersignError } from '../../errors.ts';
import type { ChangeRef } from '../../persistence/records.ts';
import { jsonResponse } from '../response.ts';
import { unlessBroken } from '../unless-broken.ts';
import * as field from './fields.ts';
import type { Routes } from './route.ts';
import type { Services } from './services.ts';

const released = z.strictObject({ change: field.uuid, released: z.boolean() }).openapi('Released');

export function addReleaseRoutes(routes: Routes, services: Services): void {
  const { backend, quarantine, log } = services;
  routes.authorised(
    {
      method: 'post',
      path: '/v1/changes/{id}/release',
      summary: 'Let a quarantined change go on: whichever server stopped it loads it anew',
      tag: 'operations',
      role: 'operator',
      params: z.object({ id: field.uuid }),
      body: z.strictObject({ reason: z.string().trim().min(1).max(4000) }),
      answers: { 200: { description: 'False where no server had stopped it', schema: released } },
    },
    async ({ params: { id }, body: { reason }, principal }) => {
      const ref = { tenant: principal.tenant, change: id };
      if ((await backend.store.change(ref)) === undefined) throw noSuchChange(id);
      const said = { ...ref, by: principal.id, reason };
      const isStopped = (await quarantine.list(ref.tenant)).some(({ change }) => change === id);
      const broken = isStopped ? await brokenBy(services, ref, principal) : undefined;
      if (broken !== undefined) {
        log.warn({ ...said, broken }, 'a quarantined change was not released: it is still broken');
        throw new CountersignError(
          'CHANGE_QUARANTINED',
          `The change ${id} is still broken and stays stopped (${broken}).`,
          { hint: 'Mend what is stored of it, then release it again; other changes are not affected.' },
        );
      }
      const isReleased = await quarantine.release(ref);
      if (isReleased) log.warn(said, 'a quarantined change was released');
      return jsonResponse(200, { change: id, released: isReleased });
    },
  );
}

/** Which invariant keeps what is stored from being loaded; undefined where it can be. */
function brokenBy({ backend }: Services, ref: ChangeRef, principal: Principal): Promise<string | undefined> {
  const loaded = backend.view(ref, principal).then(() => undefined);
  return unlessBroken(loaded, ({ message }) => message);
}
