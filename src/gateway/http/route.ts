/**
 * One route: said once, as data, for the router and for the OpenAPI document. Each request passes the same steps in the
 * same order: who is it, may they, does it fit the schema, do it, answer. Whatever is thrown becomes a problem document.
 */
import { randomUUID } from 'node:crypto';
import type { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Principal } from '../../actors/commands.ts';
import { hiddenFrom } from '../../actors/directory/reading.ts';
import { CountersignError } from '../../errors.ts';
import { asCountersignError, isOurFault } from '../problem.ts';
import type { Peer } from '../transport.ts';
import { requireOpen, requireReadable, withoutHidden } from './hidden.ts';
import { check, readJson, readQuery } from './input.ts';
import { errorResponse } from './problem-response.ts';
import { problem as problemSchema } from './schemas.ts';
import type { Services } from './services.ts';

export interface Bindings {
  Bindings: { readonly peer: Peer };
}
export type Api = OpenAPIHono<Bindings>;

/** Who may call: anybody; anybody with a token; with a token of a tenant that exists. */
export type Access = 'open' | 'token' | 'tenant';

export interface RouteSpec<P, Q, H, B> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI spells it: `/v1/changes/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  readonly role?: string;
  readonly params?: z.ZodType<P>;
  readonly query?: z.ZodType<Q>;
  readonly headers?: z.ZodType<H>;
  readonly body?: z.ZodType<B>;
  readonly answers: Readonly<Record<number, Answered>>;
}

export interface Answered {
  readonly description: string;
  /** Absent where there is no body, or it is not JSON. */
  readonly schema?: z.ZodType;
}

export interface Call<P, Q, H, B> {
  readonly params: P;
  readonly query: Q;
  readonly headers: H;
  readonly body: B;
  readonly requestId: string;
  readonly peer: Peer;
  readonly request: Request;
}

export interface AuthorisedCall<P, Q, H, B> extends Call<P, Q, H, B> {
  /** Whose token it is. */
  readonly principal: Principal;
  /** Projects that the caller may not read. Changes named in the path and in answers are looked after here. */
  readonly hidden: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

type Handle<C> = (call: C) => Response | Promise<Response>;

/** The hand that adds routes; knows every path that was added. */
export class Routes {
  readonly #api: Api;
  readonly #services: Services;
  readonly #methods = new Map<string, string[]>();

  constructor(api: Api, services: Services) {
    this.#api = api;
    this.#services = services;
  }

  /** A route for anybody. */
  open<P, Q, H, B>(spec: RouteSpec<P, Q, H, B>, handle: Handle<Call<P, Q, H, B>>): void {
    this.#add(spec, 'open', async (context, requestId) => handle(await this.#read(spec, context, requestId)));
  }

  /** A route for whoever holds a token, and the role where one is named. */
  authorised<P, Q, H, B>(
    spec: RouteSpec<P, Q, H, B>,
    handle: Handle<AuthorisedCall<P, Q, H, B>>,
    access: 'token' | 'tenant' = 'tenant',
  ): void {
    this.#add(spec, access, async (context, requestId) => {
      if (this.#services.isStopping()) throw new CountersignError('SHUTTING_DOWN', 'The server is stopping.');
      const header = context.req.raw.headers.get('authorization');
      const { principal } = await this.#services.authenticator.fromHeader(header);
      requireRole(principal, spec.role);
      if (access === 'tenant') await this.#services.tenants.require(principal.tenant);
      const hidden =
        access === 'tenant' ? await this.#hiddenFrom(principal, spec.path, context.req.param()) : NOTHING;
      const answer = await handle({ ...(await this.#read(spec, context, requestId)), principal, hidden });
      return hidden.size === 0 ? answer : withoutHidden(answer, hidden);
    });
  }

  /** Throws where the path itself names what is hidden. */
  async #hiddenFrom(
    principal: Principal,
    path: string,
    { id, project }: Readonly<Record<string, string | undefined>>,
  ): Promise<ReadonlySet<string>> {
    const { backend } = this.#services;
    const hidden = hiddenFrom(await backend.directory(principal.tenant), principal);
    requireOpen(project, hidden);
    if (id !== undefined && path.startsWith('/v1/changes/'))
      await requireReadable(backend.store, principal, [id.toLowerCase()], hidden);
    return hidden;
  }

  /** The methods a path has, where it is a path of ours. */
  methodsOf(path: string): readonly string[] | undefined {
    for (const [pattern, methods] of this.#methods) {
      if (new RegExp(`^${pattern.replace(/\{\w+\}/g, '[^/]+')}$`).test(path)) return methods;
    }
    return undefined;
  }

  #add<P, Q, H, B>(
    spec: RouteSpec<P, Q, H, B>,
    access: Access,
    run: (context: Context<Bindings>, requestId: string) => Promise<Response>,
  ): void {
    describe(this.#api, spec, access);
    const methods = this.#methods.get(spec.path) ?? [];
    this.#methods.set(spec.path, [
      ...methods,
      ...(spec.method === 'get' ? ['GET', 'HEAD'] : [spec.method.toUpperCase()]),
    ]);
    const path = spec.path.replace(/\{(\w+)\}/g, ':$1');
    this.#api.on(spec.method.toUpperCase(), path, async (context) => {
      const started = performance.now();
      const requestId = requestIdOf(context.req.raw);
      const response = await this.#guarded(() => run(context, requestId), requestId);
      const seconds = (performance.now() - started) / 1000;
      this.#services.metrics.request(spec.method.toUpperCase(), spec.path, response.status, seconds);
      return response;
    });
  }

  async #guarded(run: () => Promise<Response>, requestId: string): Promise<Response> {
    try {
      return await run();
    } catch (error) {
      const known = asCountersignError(error);
      if (isOurFault(known)) this.#services.log.error({ err: error, requestId }, 'request failed');
      return errorResponse(known, requestId);
    }
  }

  async #read<P, Q, H, B>(
    spec: RouteSpec<P, Q, H, B>,
    context: Context<Bindings>,
    requestId: string,
  ): Promise<Call<P, Q, H, B>> {
    const request = context.req.raw;
    // A route without a schema for a part never looks at it.
    const params = spec.params ? knownParams(spec.params, context.req.param()) : (undefined as P);
    const query = spec.query ? check(spec.query, readQuery(request.url), 'query') : (undefined as Q);
    const headers = spec.headers ? check(spec.headers, commandHeaders(request), 'headers') : (undefined as H);
    const body = spec.body ? check(spec.body, await readJson(request), '') : (undefined as B);
    return { params, query, headers, body, requestId, peer: context.env.peer, request };
  }
}

export function requireRole(principal: Principal, role: string | undefined): void {
  if (role === undefined || principal.roles.includes(role)) return;
  const message = `This needs role "${role}", which the token of "${principal.id}" does not carry.`;
  throw new CountersignError('FORBIDDEN', message);
}

/** A path whose id cannot exist names nothing. */
function knownParams<P>(schema: z.ZodType<P>, values: unknown): P {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CountersignError(
    'NOT_FOUND',
    `No such thing: "${String(issue?.path[0])}" of the address ${issue?.message}.`,
  );
}

/** The headers that commands take. */
function commandHeaders(request: Request): Record<string, string | undefined> {
  return {
    'idempotency-key': request.headers.get('idempotency-key') ?? undefined,
    'if-match': request.headers.get('if-match') ?? undefined,
  };
}

/** The caller's own id where it is a plain one, so that both logs can be joined. */
export function requestIdOf(request: Request): string {
  const given = request.headers.get('x-request-id');
  return given !== null && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID();
}

function describe<P, Q, H, B>(api: Api, spec: RouteSpec<P, Q, H, B>, access: Access): void {
  const problem = {
    description: 'A problem document (RFC 9457)',
    content: { 'application/problem+json': { schema: problemSchema } },
  };
  const responses = Object.entries(spec.answers).map(([status, { description, schema }]) => [
    status,
    schema ? { description, content: { 'application/json': { schema } } } : { description },
  ]);
  api.openAPIRegistry.registerPath({
    method: spec.method,
    path: spec.path,
    summary: spec.role === undefined ? spec.summary : `${spec.summary} (role "${spec.role}")`,
    tags: [spec.tag],
    security: access === 'open' ? [] : [{ bearer: [] }],
    request: {
      ...(spec.params && { params: spec.params as never }),
      ...(spec.query && { query: spec.query as never }),
      ...(spec.headers && { headers: spec.headers as never }),
      ...(spec.body && { body: { required: true, content: { 'application/json': { schema: spec.body } } } }),
    },
    responses: { ...Object.fromEntries(responses), default: problem },
  });
}
