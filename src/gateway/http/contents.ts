/** What revisions hold: sent by who records the repository, read file by file and line by line by everybody of the tenant. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from '@hono/zod-openapi';
import { tooLarge } from '../../actors/contents/contents.ts';
import { MAX_DIFF_BYTES } from '../../actors/contents/limits.ts';
import { jsonResponse } from '../response.ts';
import {
  comparedDocument,
  contentDocument,
  fileDocument,
  linesDocument,
  revisionDocument,
} from './content-documents.ts';
import * as schema from './content-schemas.ts';
import { cutPage, decodeCursor } from './cursor.ts';
import * as field from './fields.ts';
import { invalid } from './input.ts';
import type { Routes } from './route.ts';
import { page } from './schemas.ts';
import type { Services } from './services.ts';

const tag = 'contents';
const MAX_INT4 = 2 ** 31 - 1;
const number = field.queryInteger(1, MAX_INT4);
const change = z.object({ id: field.uuid });
const revision = change.extend({ n: number });
const pageQuery = z.strictObject({ cursor: field.cursor.optional(), limit: field.limit });

export const diffBody = z
  .union([
    z.strictObject({ diff: z.string().openapi({ description: 'As text; what is not UTF-8 needs "gzip"' }) }),
    z.strictObject({
      gzip: z.base64().openapi({ description: 'The bytes, compressed (RFC 1952), in base 64' }),
    }),
  ])
  .openapi('Diff');

export function addContentRoutes(routes: Routes, { backend: { contents } }: Services): void {
  routes.authorised(
    {
      method: 'put',
      path: '/v1/changes/{id}/revisions/{n}/diff',
      summary: 'Say what a revision holds, as "git diff" prints it; once, for it never changes',
      tag,
      role: 'importer',
      params: revision,
      body: diffBody,
      answers: { 200: { description: 'What stands now', schema: schema.content } },
    },
    async ({ params: { id, n }, body, principal }) => {
      const diff = 'diff' in body ? Buffer.from(body.diff, 'utf8') : await unzipped(body.gzip);
      const ref = { tenant: principal.tenant, change: id, revision: n };
      return jsonResponse(200, contentDocument(await contents.record(ref, diff, principal)));
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/revisions',
      summary: 'All revisions of a change, oldest first, and whether their content is there',
      tag,
      params: change,
      query: z.strictObject({}),
      answers: { 200: { description: 'All of them', schema: page(schema.toldRevision) } },
    },
    async ({ params: { id }, principal: { tenant } }) => {
      const revisions = await contents.revisions({ tenant, change: id });
      return jsonResponse(200, { items: revisions.map(revisionDocument), next_cursor: null });
    },
  );
  addFileRoutes(routes, contents);
  addCompareRoute(routes, contents);
}

type Contents = Services['backend']['contents'];

function addFileRoutes(routes: Routes, contents: Contents): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/revisions/{n}/files',
      summary: 'The files that a revision touches',
      tag,
      params: revision,
      query: pageQuery,
      answers: { 200: { description: 'One page of them', schema: page(schema.revisionFile) } },
    },
    async ({ params: { id, n }, query: { cursor, limit }, principal: { tenant } }) => {
      const after = cursor === undefined ? 0 : decodeCursor(cursor, isPlace);
      const found = await contents.files({ tenant, change: id, revision: n }, { after, limit: limit + 1 });
      const { shown, nextCursor } = cutPage(found, limit, ({ place }) => place);
      return jsonResponse(200, { items: shown.map(fileDocument), next_cursor: nextCursor });
    },
  );
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/revisions/{n}/files/{place}',
      summary: 'What a revision does to one file, line by line',
      tag,
      params: revision.extend({ place: number }),
      query: z.strictObject({
        line: number.default(1).openapi({ description: 'Where to start; headings of hunks count' }),
        limit: field.queryInteger(1, 2_000).default(500),
      }),
      answers: { 200: { description: 'One page of lines', schema: schema.fileLines } },
    },
    async ({ params: { id, n, place }, query, principal: { tenant } }) => {
      const found = await contents.lines({ tenant, change: id, revision: n }, place, query);
      return jsonResponse(200, linesDocument(found));
    },
  );
}

function addCompareRoute(routes: Routes, contents: Contents): void {
  routes.authorised(
    {
      method: 'get',
      path: '/v1/changes/{id}/revisions/{n}/compare/{m}',
      summary: 'Which files the diff of revision m treats differently from that of revision n',
      tag,
      params: revision.extend({ m: number }),
      query: pageQuery,
      answers: {
        200: { description: 'One page of files, by path', schema: page(schema.comparedFile) },
      },
    },
    async ({ params: { id, n, m }, query: { cursor, limit }, principal: { tenant } }) => {
      const after = cursor === undefined ? 0 : decodeCursor(cursor, isPlace);
      const all = await contents.compare({ tenant, change: id, revision: n }, m);
      const numbered = all.slice(after, after + limit + 1).map((file, at) => ({ file, at: after + at + 1 }));
      const { shown, nextCursor } = cutPage(numbered, limit, ({ at }) => at);
      return jsonResponse(200, {
        items: shown.map(({ file }) => comparedDocument(file)),
        next_cursor: nextCursor,
      });
    },
  );
}

function isPlace(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_INT4;
}

const unzip = promisify(gunzip);

async function unzipped(base64: string): Promise<Buffer> {
  try {
    return await unzip(Buffer.from(base64, 'base64'), { maxOutputLength: MAX_DIFF_BYTES });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE')
      throw tooLarge(`The diff has more than ${MAX_DIFF_BYTES} bytes.`);
    throw invalid([{ path: 'gzip', message: 'is not compressed as gzip does' }]);
  }
}
