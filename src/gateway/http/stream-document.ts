/** The live protocol for programs to read: `/asyncapi.json`. */
import { asyncApiDocument } from '../live/asyncapi.ts';
import { jsonResponse } from '../response.ts';
import type { Routes } from './route.ts';

export function addStreamDocument(routes: Routes): void {
  let document: unknown;
  routes.open(
    {
      method: 'get',
      path: '/asyncapi.json',
      summary: 'The WebSocket interface, as AsyncAPI 3.0',
      tag: 'operations',
      answers: { 200: { description: 'The document' } },
    },
    () => {
      document ??= asyncApiDocument();
      return jsonResponse(200, document);
    },
  );
}
