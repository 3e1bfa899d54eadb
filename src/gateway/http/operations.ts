/** What machines ask: alive, ready, figures. */
import { z } from '@hono/zod-openapi';
import { CountersignError } from '../../errors.ts';
import { jsonResponse, textResponse } from '../response.ts';
import { type Call, type Routes, requireRole } from './route.ts';
import type { Services } from './services.ts';

const tag = 'operations';
const status = z.strictObject({ status: z.string() });

export function addOperationRoutes(routes: Routes, services: Services): void {
  routes.open(
    {
      method: 'get',
      path: '/livez',
      summary: 'Whether the process runs',
      tag,
      answers: { 200: { description: 'It does', schema: status } },
    },
    () => jsonResponse(200, { status: 'live' }, { 'cache-control': 'no-store' }),
  );
  routes.open(
    {
      method: 'get',
      path: '/readyz',
      summary: 'Whether commands would be served now',
      tag,
      answers: { 200: { description: 'They would', schema: status } },
    },
    async () => {
      if (services.isLeaving()) throw new CountersignError('SHUTTING_DOWN', 'The server is stopping.');
      if (!(await services.backend.ready().catch(() => false))) {
        throw new CountersignError('STORE_UNAVAILABLE', 'The database does not answer.');
      }
      return jsonResponse(200, { status: 'ready' }, { 'cache-control': 'no-store' });
    },
  );
  routes.open(
    {
      method: 'get',
      path: '/metrics',
      summary: 'Figures for Prometheus: from this machine, or with role "operator"',
      tag,
      answers: { 200: { description: 'Prometheus text format' } },
    },
    async (call) => {
      if (!isLocal(call)) await requireOperator(services, call.request);
      const type = 'text/plain; version=0.0.4; charset=utf-8';
      return textResponse(200, await services.metrics.text(), { 'content-type': type });
    },
  );
}

async function requireOperator({ authenticator }: Services, request: Request): Promise<void> {
  const { principal } = await authenticator.fromHeader(request.headers.get('authorization'));
  requireRole(principal, 'operator');
}

/** From this machine, and not passed on by a proxy that runs on it. */
function isLocal({ peer, request }: Call<unknown, unknown, unknown, unknown>): boolean {
  const isProxied = ['forwarded', 'x-forwarded-for', 'via'].some((name) => request.headers.has(name));
  return !isProxied && isLoopback(peer.address);
}

/** uWebSockets.js spells IPv6 addresses in full. */
export function isLoopback(address: string): boolean {
  const plain = address.replace(/^(::ffff:|(0000:){5}ffff:)/i, '');
  return plain === '::1' || /^(0000:){7}0001$/.test(plain) || /^127\.|^7f[0-9a-f]{2}:/i.test(plain);
}
