/** A gateway on a free port, with a fake runtime behind it, and tokens for it. */

import { expect } from 'vitest';
import { Hub } from '../../src/gateway/hub.ts';
import { type Gateway, type GatewayOptions, startGateway } from '../../src/gateway/server.ts';
import { type Claims, mintToken } from '../../src/gateway/token.ts';
import { createLogger } from '../../src/log.ts';
import { FakeBackend } from './fake-backend.ts';

export const KEY = new TextEncoder().encode('a development key of 32 bytes, at least');

export function token(claims: Partial<Claims> = {}, ttlSeconds = 600, key = KEY): Promise<string> {
  return mintToken(key, { sub: 'rob', tenant: 'acme', kind: 'person', roles: [], ...claims }, ttlSeconds);
}

export interface Running {
  readonly gateway: Gateway;
  readonly backend: FakeBackend;
  readonly hub: Hub;
  /** One request with a token (of "rob" unless given); JSON bodies are serialised. */
  call(method: string, path: string, options?: CallOptions): Promise<Answered>;
}

export interface CallOptions {
  readonly token?: string | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every kind
  readonly json: any;
  readonly text: string;
}

export async function startTestGateway(options: Partial<GatewayOptions> = {}): Promise<Running> {
  const log = createLogger('silent');
  const backend = new FakeBackend();
  const hub = new Hub({ store: backend.store, log, pollMs: 60_000 });
  backend.publisher = hub;
  const gateway = await startGateway({ backend, hub, log, auth: { key: KEY }, ...options });
  const own = await token();
  const call = async (method: string, path: string, { token: other, body, headers }: CallOptions = {}) => {
    const response = await fetch(gateway.url + path, {
      method,
      headers: {
        ...(other !== null && { authorization: `Bearer ${other ?? own}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') && text !== '';
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  };
  return { gateway, backend, hub, call };
}

/** That an answer is this problem, with everything that belongs to one. */
export function expectProblem(answer: Answered, status: number, code: string): void {
  expect(answer.json).toMatchObject({ status, code, type: `/errors#${code}` });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  for (const field of ['title', 'detail', 'request_id']) expect(answer.json[field]).toBeTruthy();
  expect(answer.json.request_id).toBe(answer.headers.get('x-request-id'));
}
