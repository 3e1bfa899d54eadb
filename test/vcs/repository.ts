/** A real git repository for one test, made with git's own commands and removed in the end. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { made } from '../support/made.ts';

export interface Content {
  /** null removes the file. */
  readonly [path: string]: string | Buffer | null;
}

export interface TestRepository {
  readonly directory: string;
  git(...args: string[]): string;
  gitWith(input: string | Buffer, ...args: string[]): string;
  /** Writes files (null removes one) and commits everything; the full id. */
  commit(content: Content, message?: string): string;
}

const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_AUTHOR_DATE: '2024-05-01T10:00:00+02:00',
  GIT_COMMITTER_NAME: 'Bob',
  GIT_COMMITTER_EMAIL: 'bob@example.com',
  GIT_COMMITTER_DATE: '2024-05-02T10:00:00+00:00',
};

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function runGit(directory: string, args: readonly string[], input: string | Buffer = ''): string {
  const settings = ['-c', 'protocol.file.allow=always', '-c', 'core.autocrlf=false'];
  const done = spawnSync('git', [...settings, ...args], { cwd: directory, env: ENVIRONMENT, input });
  if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
  return done.stdout.toString('utf8').trim();
}

export function makeRepository(directory = temporaryDirectory()): TestRepository {
  const git = (...args: string[]) => runGit(directory, args);
  initialise(directory);
  return {
    directory,
    git,
    gitWith: (input, ...args) => runGit(directory, args, input),
    commit(content, message = 'change') {
      for (const [path, text] of Object.entries(content)) {
        if (text === null) rmSync(join(directory, path));
        else {
          mkdirSync(dirname(join(directory, path)), { recursive: true });
          writeFileSync(join(directory, path), text);
        }
      }
      git('add', '--all', '.');
      git('commit', '--quiet', '--allow-empty', '--cleanup=verbatim', '-m', message);
      return headOf(directory);
    },
  };
}

let model: string | undefined;

/** `git init` once per file, its result copied for every other repository: starting a process costs more than the copy. */
function initialise(directory: string): void {
  if (model === undefined || !existsSync(model)) {
    model = mkdtempSync(join(tmpdir(), 'countersign-test-'));
    runGit(model, ['init', '--quiet', '--initial-branch=main', '.']);
    made.push(model);
  }
  cpSync(model, directory, { recursive: true });
}

/** The commit that HEAD names, as git has just written it: in a file of its own. */
function headOf(directory: string): string {
  const head = readFileSync(join(directory, '.git/HEAD'), 'utf8').trim();
  const file = join(directory, '.git', head.replace(/^ref: /, ''));
  if (!head.startsWith('ref: ')) return head;
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : runGit(directory, ['rev-parse', 'HEAD']);
}

/** `line 1` to `line n`, with some of them replaced; null removes one, a text may hold more lines. */
export function lines(count: number, other: Readonly<Record<number, string | null>> = {}): string {
  return Array.from(
    { length: count },
    (_, at) => other[at + 1] ?? (other[at + 1] === null ? '' : `line ${at + 1}`),
  )
    .map((text, at) => (other[at + 1] === null ? '' : `${text}\n`))
    .join('');
}
