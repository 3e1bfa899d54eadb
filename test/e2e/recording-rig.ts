/** A clone of a repository whose commits are recorded on a real server, approved and landed. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { ROOT } from '../repo/sources.ts';
import { newDataDir, Server } from './process.ts';

const WORKFLOW = join(ROOT, 'examples/release-approval.ts');
export const lines = (...other: string[]) => `${['one', 'two', 'three', ...other].join('\n')}\n`;

/** With the workflow that the commits follow. */
export async function startRecordingServer(): Promise<Server> {
  const server = await Server.start();
  expect((await server.run('deploy', WORKFLOW)).code).toBe(0);
  return server;
}

export const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
};

export class Clone {
  readonly directory = newDataDir();
  readonly #server: Server;
  /** Empty. */
  constructor(server: Server) {
    this.#server = server;
  }
  git(...args: string[]): string {
    const done = spawnSync('git', args, { cwd: this.directory, env: ENVIRONMENT });
    if (done.status !== 0) throw new Error(`git ${args.join(' ')}: ${done.stderr}`);
    return done.stdout.toString('utf8').trim();
  }
  /** On `main`, with one commit that is not under review, and as Ada. */
  static make(server: Server): Clone {
    const clone = new Clone(server);
    clone.git('init', '--quiet', '--initial-branch=main', '.');
    clone.identify();
    clone.commit('start', { 'a.txt': lines() });
    return clone;
  }
  identify(): void {
    this.git('config', 'user.name', 'Ada');
    this.git('config', 'user.email', 'Ada@example.com');
  }
  write(files: Record<string, string | Buffer | null>): void {
    for (const [path, text] of Object.entries(files)) {
      const full = join(this.directory, path);
      mkdirSync(dirname(full), { recursive: true });
      if (text === null) rmSync(full);
      else writeFileSync(full, text);
    }
  }
  commit(message: string, files: Record<string, string | Buffer | null> = {}): string {
    this.write(files);
    this.git('add', '--all', '.');
    this.git('commit', '--quiet', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }
  record(...more: string[]) {
    const at = ['--repository', this.directory, '--definition', 'ReleaseApproval', '--base', 'main'];
    return this.#server.json('record', ...at, ...more);
  }
  land(...more: string[]) {
    return this.#server.json('land', '--repository', this.directory, '--as', 'rob:release_manager', ...more);
  }
}

/** Submitted by its author and approved on both sides. */
export async function approve(server: Server, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await server.json('send', key, 'submit', '--as', 'ada:developer');
    await server.json('approve', key, '--region', 'security', '--as', 'sam:security_reviewer');
    await server.json('approve', key, '--region', 'quality', '--as', 'quinn:quality_reviewer');
  }
}

/** Two commits on a branch `work`, the second of which edits what the first added. */
export function stack(server: Server): Clone {
  const clone = Clone.make(server);
  clone.git('switch', '--quiet', '-c', 'work');
  clone.commit('Add four', { 'a.txt': lines('four') });
  clone.commit('Spell it out', { 'a.txt': lines('FOUR') });
  return clone;
}
