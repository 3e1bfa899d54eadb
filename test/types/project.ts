/** A small project outside the repository whose files import `countersign`, as an author's would. */
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { made } from '../support/made.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');
export const TSC = join(REPOSITORY, 'node_modules/.bin/tsc');
/** For Go, in which `tsc` is written: memory is given back at 1 GB, for collecting it sooner took a third of the time. */
export const COLLECT_RARELY = { GOGC: 'off', GOMEMLIMIT: '1GiB' };

/** A sound workflow in which the tests put one mistake, or one gap, at a time. */
export const SOUND = `import { workflow } from 'countersign';

export default workflow({
  name: 'Sound',
  roles: ['developer', 'reviewer'],
  triggers: ['submit', 'approve', 'reject'],
  initial: 'Recorded',
  states: {
    Recorded: { title: 'Recorded locally' },
    Review: {
      timers: { overdue: { after: '24h', escalate: 'reviewer' } },
      regions: {
        security: {
          initial: 'pending',
          states: {
            pending: {},
            passed: { final: 'approved' },
          },
          transitions: {
            'pending -> passed': { trigger: 'approve', role: 'reviewer' },
          },
        },
      },
    },
    Approved: { final: 'approved' },
    Rejected: { final: 'rejected' },
  },
  transitions: {
    'Recorded -> Review': { trigger: 'submit', role: 'developer' },
    'Review -> Approved': { join: 'all' },
    'Review -> Rejected': [{ trigger: 'reject', role: ['reviewer'], reason: 'required' }],
  },
});
`;

/** What to change in a sound workflow: each passage must be there. */
export type Changes = readonly (readonly [passage: string, replacement: string])[];

/** One mistake: the changes that make it (`<-` marks the line of the error), and what `tsc` must say. */
export interface Mistake {
  readonly mistake: string;
  readonly changes: Changes;
  readonly sentence: string;
}

/** A sound workflow with passages replaced. */
export function changed(changes: Changes, sound = SOUND): string {
  return changes.reduce((text, [passage, replacement]) => {
    if (!text.includes(passage)) throw new Error(`the sound workflow has no passage ${passage}`);
    return text.replace(passage, () => replacement);
  }, sound);
}

/** Writes the files and a tsconfig.json; returns the directory, which goes with the test file. */
export async function writeProject(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-types-'));
  made.push(directory);
  const compilerOptions = {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    types: [],
    paths: { countersign: [join(REPOSITORY, 'src/index.ts')] },
  };
  const all = { ...files, 'tsconfig.json': JSON.stringify({ compilerOptions, include: ['*.ts'] }) };
  await Promise.all(Object.entries(all).map(([name, text]) => writeFile(join(directory, name), text)));
  return directory;
}

/** What `tsc` prints about the project; with one checker, for several would each look at the library anew. */
export async function compileProject(directory: string, ...flags: string[]): Promise<string> {
  return new Promise((done) => {
    execFile(
      TSC,
      ['-p', directory, '--pretty', 'false', '--checkers', '1', ...flags],
      { cwd: directory, env: { ...process.env, ...COLLECT_RARELY } },
      (_error, stdout) => done(stdout),
    );
  });
}
