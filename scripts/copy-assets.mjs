// What tsc does not carry into dist/: the SQL migrations.
import { cpSync } from 'node:fs';

cpSync('src/persistence/migrations', 'dist/persistence/migrations', { recursive: true });
