/**
 * The built web application as it lies in the package (`dist/web`): read once, each file with its type, its ETag and its
 * compressed twins, which the build has made. What was not built is not there, and the gateway then serves its API alone.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { packageFiles } from '../../package-files.ts';

export interface StaticFile {
  readonly type: string;
  readonly etag: string;
  readonly bytes: Uint8Array;
  /** Null where compressing gains nothing. */
  readonly gzip: Uint8Array | null;
  /** Null where the build has made none. */
  readonly brotli: Uint8Array | null;
  /** Its name holds a hash of its content, so it never changes. */
  readonly immutable: boolean;
}

/** By path from the root, `/index.html`. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Null where nothing was built. */
export function builtWeb(): string | null {
  return existsSync(join(packageFiles.web, 'index.html')) ? packageFiles.web : null;
}

export function readStaticFiles(folder: string): StaticFiles {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = new Map<string, StaticFile>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = `/${relative(folder, path).split(sep).join('/')}`;
    const type = TYPES[extname(entry.name)];
    if (type !== undefined) files.set(name, staticFile(name, type, path));
  }
  return files;
}

function staticFile(name: string, type: string, path: string): StaticFile {
  const bytes = readFileSync(path);
  const isText = /^(?:text|application|image\/svg)/.test(type);
  const squeezed = twin(`${path}.gz`) ?? (isText ? gzipSync(bytes) : null);
  return {
    type,
    bytes,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    brotli: twin(`${path}.br`),
    gzip: squeezed !== null && squeezed.length < bytes.length ? squeezed : null,
    immutable: name.startsWith('/assets/'),
  };
}

function twin(path: string): Uint8Array | null {
  return existsSync(path) ? readFileSync(path) : null;
}
