/** Serving the built application: types, caching, security headers, and whose paths are whose. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { serveStatic } from '../../src/gateway/static/serve.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-static-'));
mkdirSync(join(folder, 'assets'));
writeFileSync(join(folder, 'index.html'), `<!doctype html><title>Countersign</title>${' '.repeat(2000)}`);
writeFileSync(join(folder, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
writeFileSync(join(folder, 'assets/index-abc.js'), 'export {};');
writeFileSync(join(folder, 'assets/large-abc.js'), 'export const large = 1;'.repeat(200));
writeFileSync(
  join(folder, 'assets/large-abc.js.br'),
  brotliCompressSync('export const large = 1;'.repeat(200)),
);
writeFileSync(join(folder, 'secret.env'), 'no type, not served');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const local = { address: '127.0.0.1' };
const person = { principal: 'ada', about: 'an author', roles: [], token: 'a.b.c' };
const serve = serveStatic(async () => [person], folder);
const get = async (path: string, headers: Record<string, string> = {}, method = 'GET', peer = local) =>
  serve(new Request(`http://gateway${path}`, { method, headers }), peer);
const page = { accept: 'text/html,application/xhtml+xml' };

describe('the built application', () => {
  it('is the page at every address of a screen, for browsers', async () => {
    for (const path of ['/', '/work', '/changes/01890a5d/replay']) {
      const answer = await get(path, page);
      expect(answer?.status).toBe(200);
      expect(answer?.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await answer?.text()).toContain('<title>Countersign</title>');
    }
  });

  it("leaves the API's paths, other methods and programs to the API", async () => {
    expect(await get('/v1/changes', page)).toBeUndefined();
    expect(await get('/v1', page)).toBeUndefined();
    expect(await get('/metrics', page)).toBeUndefined();
    expect(await get('/work', page, 'POST')).toBeUndefined();
    expect(await get('/work', { accept: 'application/json' })).toBeUndefined();
    expect(await get('/work')).toBeUndefined();
  });

  it('does not answer a missing script with a page', async () => {
    expect(await get('/assets/index-old.js', page)).toBeUndefined();
    expect(await get('/nothing.js', page)).toBeUndefined();
  });

  it('serves no file of an unknown type and none outside of its folder', async () => {
    expect(await get('/secret.env')).toBeUndefined();
    expect(await get('/..%2f..%2fetc/passwd')).toBeUndefined();
    expect(await get('/%2e%2e/secret.env')).toBeUndefined();
  });

  it('keeps files whose names change with their content, and asks anew for the page', async () => {
    expect((await get('/assets/index-abc.js'))?.headers.get('cache-control')).toContain('immutable');
    expect((await get('/', page))?.headers.get('cache-control')).toBe('no-cache');
  });

  it('answers 304 to whoever has the same content', async () => {
    const etag = (await get('/', page))?.headers.get('etag') ?? '';
    const again = await get('/', { ...page, 'if-none-match': `W/${etag}` });
    expect(again?.status).toBe(304);
    expect((await get('/', { ...page, 'if-none-match': '"other"' }))?.status).toBe(200);
  });

  it('compresses for whoever takes gzip', async () => {
    const answer = await get('/', { ...page, 'accept-encoding': 'br, gzip' });
    expect(answer?.headers.get('content-encoding')).toBe('gzip');
    expect(answer?.headers.get('vary')).toContain('accept-encoding');
    expect((await get('/', page))?.headers.get('content-encoding')).toBeNull();
  });

  it('gives what the build has compressed to whoever takes it, and the file to whoever does not', async () => {
    const answer = await get('/assets/large-abc.js', { 'accept-encoding': 'gzip, br' });
    expect(answer?.headers.get('content-encoding')).toBe('br');
    const text = brotliDecompressSync(new Uint8Array((await answer?.arrayBuffer()) ?? [])).toString();
    expect(text).toBe(await (await get('/assets/large-abc.js'))?.text());
    expect(await get('/assets/large-abc.js.br')).toBeUndefined();
  });

  it('lets the page load scripts from this server only', async () => {
    const policy = (await get('/', page))?.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:/);
  });

  it('is nowhere where it was not built', async () => {
    expect(
      await serveStatic(undefined, null)(new Request('http://gateway/', { headers: page }), local),
    ).toBeUndefined();
  });
});

describe('the people of a development server', () => {
  const path = '/dev/people.json';
  const here = { host: '127.0.0.1:4000' };

  it('are offered to this machine under its own name', async () => {
    expect(await (await get(path, here))?.json()).toEqual({ people: [person] });
    expect((await get(path, { host: 'localhost:4000', 'sec-fetch-site': 'same-origin' }))?.status).toBe(200);
  });

  it('are not offered to other machines, other names, or pages of other hosts', async () => {
    expect(await get(path, here, 'GET', { address: '10.0.0.7' })).toBeUndefined();
    expect(await get(path, { host: 'evil.example.com' })).toBeUndefined();
    expect(await get(path, { ...here, 'sec-fetch-site': 'cross-site' })).toBeUndefined();
  });

  it('are not offered by any other server', async () => {
    const production = serveStatic(undefined, folder);
    expect(await production(new Request(`http://gateway${path}`, { headers: here }), local)).toBeUndefined();
  });
});
