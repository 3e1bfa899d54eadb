/** `npm run bench [-- NAME … --json]`: runs benches and prints a line per case; --json prints JSON lines only. */
import { createRequire } from 'node:module';
import { type Case, humanLine, jsonLine } from './figures.ts';

type Bench = (report: (line: Case) => void) => Promise<void>;

const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  step: async () => (await import('./step.ts')).steps,
  commit: async () => (await import('./commit.ts')).commits,
  transitions: async () => (await import('./transitions.ts')).transitions,
  timers: async () => (await import('./timers.ts')).timers,
  dependencies: async () => (await import('./dependencies.ts')).dependencies,
  cascade: async () => (await import('./cascade.ts')).cascade,
  migration: async () => (await import('./migration.ts')).migration,
  staffing: async () => (await import('./staffing.ts')).staffing,
  check: async () => (await import('./check.ts')).checks,
  live: async () => (await import('./live.ts')).live,
  web: async () => (await import('./web.ts')).web,
};

async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  const names = argv.filter((arg) => !arg.startsWith('--'));
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (unknown !== undefined) {
    process.stderr.write(`There is no bench "${unknown}"; there are: ${Object.keys(BENCHES).join(', ')}.\n`);
    process.exitCode = 2;
    return;
  }
  const require = createRequire(import.meta.url);
  const versions = Object.fromEntries(
    ['xstate', 'pg'].map((name) => [name, (require(`${name}/package.json`) as { version: string }).version]),
  );
  const report = (line: Case) =>
    process.stdout.write(`${json ? jsonLine(line, versions) : humanLine(line)}\n`);
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    const load = BENCHES[name];
    if (load) await (await load())(report);
  }
}

await main(process.argv.slice(2));
