import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { change, problem, transition } from '../../src/gateway/http/schemas.ts';
import { type Running, startTestGateway } from './harness.ts';

describe('the OpenAPI document', () => {
  let running: Running;
  beforeAll(async () => {
    running = await startTestGateway({ transport: 'node' });
  });
  afterAll(() => running.gateway.close());

  it('names every route with its methods', async () => {
    const { status, json } = await running.call('GET', '/openapi.json', { token: null });
    expect(status).toBe(200);
    expect(json.openapi).toBe('3.1.0');
    const routes = Object.entries(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    );
    expect(routes.sort()).toEqual([
      'delete /v1/delegations/{id}',
      'get /asyncapi.json',
      'get /livez',
      'get /metrics',
      'get /openapi.json',
      'get /readyz',
      'get /v1/calendars',
      'get /v1/changes',
      'get /v1/changes/{id}',
      'get /v1/changes/{id}/blockers',
      'get /v1/changes/{id}/conflicts',
      'get /v1/changes/{id}/dependants',
      'get /v1/changes/{id}/estimate',
      'get /v1/changes/{id}/graph',
      'get /v1/changes/{id}/reviewers',
      'get /v1/changes/{id}/revisions',
      'get /v1/changes/{id}/revisions/{n}/compare/{m}',
      'get /v1/changes/{id}/revisions/{n}/files',
      'get /v1/changes/{id}/revisions/{n}/files/{place}',
      'get /v1/changes/{id}/threads',
      'get /v1/changes/{id}/transitions',
      'get /v1/definitions',
      'get /v1/definitions/{name}',
      'get /v1/definitions/{name}/activations',
      'get /v1/definitions/{name}/compare/{from}/{to}',
      'get /v1/definitions/{name}/staffing',
      'get /v1/definitions/{name}/versions',
      'get /v1/delegations',
      'get /v1/directory',
      'get /v1/directory/history',
      'get /v1/migrations',
      'get /v1/migrations/{id}',
      'get /v1/outcomes',
      'get /v1/overview',
      'get /v1/principals/{id}/roles',
      'get /v1/projects/{project}/owners',
      'get /v1/readers',
      'get /v1/revocations',
      'get /v1/tenants',
      'get /v1/timers',
      'get /v1/transitions',
      'get /v1/work',
      'post /v1/batches',
      'post /v1/changes',
      'post /v1/changes/{id}/events',
      'post /v1/changes/{id}/questions',
      'post /v1/changes/{id}/release',
      'post /v1/changes/{id}/what-if',
      'post /v1/definitions',
      'post /v1/definitions/{name}/activations',
      'post /v1/definitions/{name}/retirement',
      'post /v1/definitions/{name}/rollback',
      'post /v1/delegations',
      'post /v1/directory',
      'post /v1/graph/order',
      'post /v1/migrations',
      'post /v1/migrations/{id}/close',
      'post /v1/migrations/{id}/pause',
      'post /v1/migrations/{id}/resume',
      'post /v1/migrations/{id}/revert',
      'post /v1/replays',
      'post /v1/revocations',
      'post /v1/tenants',
      'put /v1/calendars/{name}',
      'put /v1/changes/{id}/revisions/{n}/diff',
      'put /v1/projects/{project}/owners',
    ]);
  });

  it('describes bodies, parameters and problems by the schemas that validate them', async () => {
    const { json } = await running.call('GET', '/openapi.json');
    const event = json.paths['/v1/changes/{id}/events'].post;
    expect(event.requestBody.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/Event',
    });
    expect(event.parameters.map((parameter: { name: string }) => parameter.name).sort()).toEqual([
      'id',
      'idempotency-key',
      'if-match',
    ]);
    expect(event.responses.default.content['application/problem+json'].schema.$ref).toContain('Problem');
    expect(json.components.schemas.Proposal.required).toEqual(['definition', 'project', 'title']);
    expect(json.components.schemas.Proposal.additionalProperties).toBe(false);
    expect(json.components.securitySchemes.bearer.scheme).toBe('bearer');
  });

  it('describes what is really sent', async () => {
    const id = running.backend.addChange('acme', 'core');
    expect(change.parse((await running.call('GET', `/v1/changes/${id}`)).json)).toBeTruthy();
    const sent = await running.call('POST', `/v1/changes/${id}/events`, { body: { trigger: 'approve' } });
    expect(transition.parse(sent.json)).toBeTruthy();
    expect(problem.parse((await running.call('GET', '/v1/nothing')).json)).toBeTruthy();
  });
});
