// What tsc does not do to its output: the SQL migrations are copied, and the program may be executed.
// Usage: copy-assets.mjs [folder that mirrors src/]
import { chmodSync, cpSync } from 'node:fs';

const target = process.argv[2] ?? 'dist';
cpSync('src/persistence/migrations', `${target}/persistence/migrations`, { recursive: true });
chmodSync(`${target}/cli/main.js`, 0o755);
