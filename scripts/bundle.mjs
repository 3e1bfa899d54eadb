// The program and the library with what they import from npm, as chunks in `dist`, so that a start reads few files; the
// client, the migrations, and the licences of what went in. Whatever was in `dist` goes first.
import { chmodSync, cpSync } from 'node:fs';
import { build } from 'rolldown';
import { licences } from './licences.mjs';

/** Native, or with files of their own that they look for where they are installed. Everything else is bundled. */
const INSTALLED = [
  'uWebSockets.js',
  'jiti',
  'jsonc-parser',
  'pino',
  'msgpackr-extract',
  'pg-native',
  'bufferutil',
  'utf-8-validate',
];

/** Errors are told by the names of their classes, and places by the maps. */
const READABLE = { keepNames: true, sourcemap: true };

await build({
  // What a command imports when it runs stays in chunks of its own.
  input: {
    'cli/main': 'src/cli/main.ts',
    index: 'src/index.ts',
    // For the tests that run PostgreSQL in a process of its own.
    log: 'src/log.ts',
    'persistence/embedded': 'src/persistence/embedded.ts',
  },
  platform: 'node',
  external: INSTALLED,
  plugins: [licences('third-party-licences.txt')],
  output: { ...READABLE, dir: 'dist', cleanDir: true, chunkFileNames: 'chunks/[name].js' },
});
await build({
  // One file by itself: browsers run it, and must not be given anything of the server.
  input: 'src/client/index.ts',
  platform: 'neutral',
  output: { ...READABLE, file: 'dist/client/index.js' },
});
cpSync('src/persistence/migrations', 'dist/migrations', { recursive: true });
chmodSync('dist/cli/main.js', 0o755);
