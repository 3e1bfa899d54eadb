/**
 * The web application under `/`: a file by its path, and `index.html` for every address of a screen. Only what no route of
 * the API has taken comes here, and only browsers get the page in place of a 404: a program that asks for a wrong path
 * is told so.
 */
import type { Peer } from '../transport.ts';
import { builtWeb, readStaticFiles, type StaticFile, type StaticFiles } from './files.ts';
import { type People, peopleAnswer } from './people.ts';

/** Undefined where the API's own 404 is the answer. */
export type ServeStatic = (
  request: Request,
  peer: Peer,
) => Response | undefined | Promise<Response | undefined>;

const SECURITY = {
  // Styles are set by script on elements (positions of a chart, heights of rows); scripts come from files alone.
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/** Paths that belong to the API whatever stands behind them. */
const OF_THE_API = /^\/(?:v\d+|metrics|livez|readyz|openapi\.json)(?:\/|$)/;

export function serveStatic(people?: People, folder: string | null = builtWeb()): ServeStatic {
  let files: StaticFiles | undefined;
  return (request, peer) => {
    const { pathname } = new URL(request.url);
    if (!isRead(request) || OF_THE_API.test(pathname)) return undefined;
    if (pathname === '/dev/people.json') return people && peopleAnswer(request, peer, people);
    if (folder === null) return undefined;
    files ??= readStaticFiles(folder);
    const file = files.get(pathname) ?? pageFor(request, pathname, files);
    return file && answer(request, file);
  };
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A screen's address has no ending; a missing script must not be answered with a page. */
function pageFor(request: Request, pathname: string, files: StaticFiles): StaticFile | undefined {
  const isScreen = !/\.[a-z0-9]+$/i.test(pathname) && !pathname.startsWith('/assets/');
  const wantsPage = (request.headers.get('accept') ?? '').includes('text/html');
  return isScreen && wantsPage ? files.get('/index.html') : undefined;
}

function answer(request: Request, file: StaticFile): Response {
  const headers: Record<string, string> = {
    ...SECURITY,
    etag: file.etag,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept, accept-encoding',
  };
  if (matches(request.headers.get('if-none-match'), file.etag))
    return new Response(null, { status: 304, headers });
  const { bytes, encoding } = encoded(file, request.headers.get('accept-encoding') ?? '');
  headers['content-type'] = file.type;
  if (encoding !== null) headers['content-encoding'] = encoding;
  const body = request.method === 'HEAD' ? null : new Uint8Array(bytes);
  return new Response(body, { status: 200, headers });
}

function encoded({ brotli, gzip, bytes }: StaticFile, accepted: string) {
  if (brotli !== null && /\bbr\b/.test(accepted)) return { bytes: brotli, encoding: 'br' };
  if (gzip !== null && /\bgzip\b/.test(accepted)) return { bytes: gzip, encoding: 'gzip' };
  return { bytes, encoding: null };
}

function matches(ifNoneMatch: string | null, etag: string): boolean {
  return ifNoneMatch?.split(',').some((each) => each.trim().replace(/^W\//, '') === etag) ?? false;
}
