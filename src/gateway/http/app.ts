/** All routes together, behind one function from request to response. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { CountersignError } from '../../errors.ts';
import { jsonResponse } from '../response.ts';
import type { FetchHandler, Peer } from '../transport.ts';
import { addBatchRoutes } from './batches.ts';
import { addCalendarRoutes } from './calendars.ts';
import { addChangeRoutes } from './changes.ts';
import { addContentRoutes } from './contents.ts';
import { addDefinitionLifeRoutes } from './definition-life.ts';
import { addDefinitionRoutes } from './definitions.ts';
import { addDelegationRoutes } from './delegations.ts';
import { addDirectoryRoutes } from './directory.ts';
import { addEstimateRoutes } from './estimates.ts';
import { addGraphRoutes } from './graph.ts';
import { addMigrationRoutes } from './migrations.ts';
import { addOperationRoutes } from './operations.ts';
import { addOverviewRoutes } from './overview.ts';
import { errorResponse } from './problem-response.ts';
import { addProjectRoutes } from './projects.ts';
import { addQuestionRoutes } from './questions.ts';
import { addReaderRoutes } from './readers.ts';
import { addReleaseRoutes } from './release.ts';
import { addReplayRoutes } from './replays.ts';
import { addReviewerRoutes } from './reviewers.ts';
import { addRevocationRoutes } from './revocations.ts';
import { type Bindings, Routes, requestIdOf } from './route.ts';
import type { Services } from './services.ts';
import { addStaffingRoutes } from './staffing.ts';
import { addStreamDocument } from './stream-document.ts';
import { addTenantRoutes } from './tenants.ts';
import { addThreadRoutes } from './threads.ts';
import { addTimerRoutes } from './timers.ts';
import { addTransitionRoutes } from './transitions.ts';
import { addWorkRoutes } from './work.ts';

export const STREAM_PATH = '/v1/stream';

export function createApp(services: Services): FetchHandler {
  const api = new OpenAPIHono<Bindings>();
  const routes = new Routes(api, services);
  addTenantRoutes(routes, services);
  addDefinitionRoutes(routes, services);
  addDefinitionLifeRoutes(routes, services);
  addMigrationRoutes(routes, services);
  addChangeRoutes(routes, services);
  addContentRoutes(routes, services);
  addTransitionRoutes(routes, services);
  addQuestionRoutes(routes, services);
  addEstimateRoutes(routes, services);
  addReviewerRoutes(routes, services);
  addReplayRoutes(routes, services);
  addGraphRoutes(routes, services);
  addBatchRoutes(routes, services);
  addDelegationRoutes(routes, services);
  addDirectoryRoutes(routes, services);
  addStaffingRoutes(routes, services);
  addProjectRoutes(routes, services);
  addCalendarRoutes(routes, services);
  addThreadRoutes(routes, services);
  addTimerRoutes(routes, services);
  addWorkRoutes(routes, services);
  addReaderRoutes(routes, services);
  addRevocationRoutes(routes, services);
  addOperationRoutes(routes, services);
  addOverviewRoutes(routes, services);
  addReleaseRoutes(routes, services);
  addStreamDocument(routes);
  addDocument(api, routes);
  addStreamHint(api);

  const unmatched = async (request: Request, peer: Peer): Promise<Response> => {
    const path = new URL(request.url).pathname;
    const methods = routes.methodsOf(path);
    const page = methods ? undefined : await services.web?.(request, peer);
    if (page !== undefined) return page;
    services.metrics.request(methods ? 'other' : 'any', 'unmatched', methods ? 405 : 404, 0);
    return methods ? wrongMethod(request, path, methods) : noRoute(request, path);
  };
  api.notFound((context) => unmatched(context.req.raw, context.env.peer));
  api.onError((error, context) => {
    services.log.error({ err: error }, 'request failed outside of its route');
    return errorResponse(error, requestIdOf(context.req.raw));
  });
  return (request, peer) => api.fetch(request, { peer });
}

function addDocument(api: OpenAPIHono<Bindings>, routes: Routes): void {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  });
  let document: unknown;
  routes.open(
    {
      method: 'get',
      path: '/openapi.json',
      summary: 'This interface, as OpenAPI 3.1',
      tag: 'operations',
      answers: { 200: { description: 'The document' } },
    },
    () => {
      document ??= api.getOpenAPI31Document({
        openapi: '3.1.0',
        info: {
          title: 'Countersign',
          version: '1',
          description: 'Errors are problem documents (RFC 9457) with a stable "code".',
        },
      });
      return jsonResponse(200, document);
    },
  );
}

/** The WebSocket endpoint, asked for by something that does not want to upgrade. */
function addStreamHint(api: OpenAPIHono<Bindings>): void {
  api.get(STREAM_PATH, (context) => {
    const error = new CountersignError('INVALID_INPUT', `${STREAM_PATH} speaks WebSocket only.`, {
      hint: 'See docs/protocol.md.',
    });
    return errorResponse(error, requestIdOf(context.req.raw), { upgrade: 'websocket' });
  });
}

function wrongMethod(request: Request, path: string, methods: readonly string[]): Response {
  const allow = methods.join(', ');
  const message = `${path} does not support ${request.method}; it has ${allow}.`;
  const error = new CountersignError('METHOD_NOT_ALLOWED', message);
  return errorResponse(error, requestIdOf(request), { allow });
}

function noRoute(request: Request, path: string): Response {
  const error = new CountersignError('NOT_FOUND', `There is nothing at ${path}.`, {
    hint: 'See /openapi.json.',
  });
  return errorResponse(error, requestIdOf(request));
}
