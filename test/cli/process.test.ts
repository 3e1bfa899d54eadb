/** The program as a process: what only the real standard output and exit code can show. */
import { execFile, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { catalog } from '../../src/machines/catalog/index.ts';
import { fake } from './rig.ts';
import { definition } from './samples.ts';

/** As it was built: Node 20 cannot strip types by itself. */
const MAIN = resolve(import.meta.dirname, '../../dist/cli/main.js');

function program(argv: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { PATH: process.env.PATH, HOME: tmpdir(), ...env },
    cwd: tmpdir(),
  });
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; err: string }>((done) =>
    child.on('close', (code) => done({ code, err })),
  );
  return { child, ended };
}

describe('the process', () => {
  it('ends with the exit code of the command', async () => {
    const { child, ended } = program(['stauts']);
    child.stdout.resume();
    expect(await ended).toMatchObject({ code: 2, err: expect.stringContaining('Did you mean status?') });
  });

  it('can be started by its file alone, as it was built: npx marks only what it has never seen', async () => {
    await expect(promisify(execFile)(MAIN, ['--version'])).resolves.toMatchObject({ stderr: '' });
  });

  it('writes a long answer into a pipe to its end', async () => {
    const { child, ended } = program(['check', '--json', ...Array(400).fill(definition('ParallelReview'))]);
    let lines = 0;
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      lines += chunk.split('\n').length - 1;
    });
    expect(await ended).toEqual({ code: 0, err: '' });
    expect(lines).toBe(400);
  });

  it('is quiet when the reader goes away, even in the middle of following', async () => {
    const { server, at } = await fake();
    const { child, ended } = program(['log', '--tenant', '--follow', '--json'], at.env);
    server.runtime.deploy(catalog.BasicApproval);
    const proposal = { definition: 'BasicApproval', project: 'p', title: 't' };
    const propose = () => server.runtime.propose(proposal, server.principal);
    propose();
    await new Promise((first) => child.stdout.once('data', first));
    child.stdout.destroy();
    const more = setInterval(propose, 50);
    expect(await ended).toEqual({ code: 0, err: '' });
    clearInterval(more);
  });
});
