/** Problem documents as HTTP answers, with the headers that belong to their status. */
import type { Refusal } from '../../errors.ts';
import { type Problem, problemOf, problemOfRefusal } from '../problem.ts';
import { type ResponseHeaders, textResponse } from '../response.ts';

const RETRY_AFTER_S = '1';

export function errorResponse(error: unknown, requestId: string, headers: ResponseHeaders = {}): Response {
  return problemResponse(problemOf(error, requestId), headers);
}

export function refusalResponse(refusal: Refusal, requestId: string, headers: ResponseHeaders): Response {
  return problemResponse(problemOfRefusal(refusal, requestId), headers);
}

function problemResponse(problem: Problem, headers: ResponseHeaders): Response {
  return textResponse(problem.status, JSON.stringify(problem), {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    'x-request-id': problem.request_id,
    ...(problem.status === 401 && { 'www-authenticate': 'Bearer realm="countersign"' }),
    ...(problem.status === 503 && { 'retry-after': RETRY_AFTER_S }),
    ...headers,
  });
}
