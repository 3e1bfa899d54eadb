/** Runs the command line in this process and keeps what it said. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { FakeServer } from './fake-server.ts';

export interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

const NOW = Date.parse('2026-11-23T12:00:00Z');

export async function cli(
  argv: readonly string[],
  { env = {}, cwd = tmpdir() }: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Said> {
  let out = '';
  let err = '';
  const exit = await run(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    env,
    cwd,
    colours: false,
    screen: null,
    now: () => NOW,
  });
  return { exit, out, err };
}

/** The one document on the standard output; fails where there is none or more. */
export function only(said: Said): Record<string, unknown> & { items?: Record<string, unknown>[] } {
  const lines = said.out.split('\n');
  if (lines.length !== 2 || lines[1] !== '') throw new Error(`not exactly one line: ${said.out}${said.err}`);
  return JSON.parse(lines[0] ?? '');
}

/** An empty directory for this test. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A fake server with the command line's environment for it. */
export async function fake(): Promise<{ server: FakeServer; at: { env: Record<string, string> } }> {
  const server = await new FakeServer().start();
  onTestFinished(() => server.stop());
  return { server, at: { env: { COUNTERSIGN_URL: server.url, COUNTERSIGN_TOKEN: 'secret-token' } } };
}

export function file(name: string, content: string | Uint8Array): string {
  const path = join(scratch(), name);
  writeFileSync(path, content);
  return path;
}
