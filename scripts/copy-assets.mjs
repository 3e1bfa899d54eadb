// What tsc does not carry into its output: the SQL migrations. Usage: copy-assets.mjs [folder that mirrors src/]
import { cpSync } from 'node:fs';

const target = process.argv[2] ?? 'dist';
cpSync('src/persistence/migrations', `${target}/persistence/migrations`, { recursive: true });
