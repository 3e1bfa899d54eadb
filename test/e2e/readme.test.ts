/**
 * The README, walked on a server that begins with nothing: by the built program in processes of its own in
 * `npm run test:long` and `.ci/run`, in this process in `npm test`.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../repo/sources.ts';
import { isLong } from '../support/runs.ts';
import { newDataDir, Server } from './process.ts';

/** The commands of the README, in order, each with the output it promises on the next line. */
const lines = readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n');
const commands = lines.flatMap((line, index) => {
  const [, program = '', text] = /^\$ (npx countersign|git|echo) (.*)$/.exec(line) ?? [];
  const promised = lines[index + 1] ?? '';
  return text ? [{ program, text, promised: /^[\w(]/.test(promised) ? promised : '' }] : [];
});

/** Splits like a shell, as far as the README needs it. */
const argumentsOf = (text: string) =>
  [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

let server: Server;
let repository: string;
/** In the place of /tmp/keys. */
let keys: string;

beforeAll(async () => {
  server = await Server.start(newDataDir());
  repository = reviewedRepository();
  keys = join(newDataDir(), 'keys');
}, 60_000);
afterAll(() => server.stop());

describe('the README', () => {
  it('has the first approval and the import', () => {
    expect(commands.length).toBeGreaterThanOrEqual(11);
  });

  it.each(commands)('says what it promises: $program $text', async ({ program, text, promised }) => {
    const here = text.replace('path/to/a/repository', repository).replaceAll('/tmp/keys', keys);
    if (program !== 'npx countersign') return void execFileSync('sh', ['-c', `${program} ${here}`]);
    const args = argumentsOf(here);
    const given = args.map((arg) => (arg.startsWith('examples/') ? join(ROOT, arg) : arg));
    const { code, stdout, stderr } = await (isLong ? server.spawned(...given) : server.run(...given));
    if (promised === '') expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    else expect({ code, said: (stdout + stderr).includes(promised) }).toEqual({ code: 1, said: true });
  });

  it('has the refusal in the log', async () => {
    const { items } = await server.json('log', 'I1');
    expect(items).toContainEqual(
      expect.objectContaining({
        kind: 'refusal',
        refusal: expect.objectContaining({ code: 'SELF_APPROVAL' }),
      }),
    );
  });

  it('leaves the changes applied, and the imported one approved', async () => {
    for (const key of ['I1', 'I2', 'I3'])
      expect(await server.json('status', key)).toMatchObject({ state: 'Applied', outcome: 'applied' });
    const log = execFileSync('git', ['-C', keys, 'log', '--format=%s', 'main'], { encoding: 'utf8' });
    expect(log).toBe('keys: rotate sooner\nkeys: say when they rotate\nstart\n');
    const { items } = await server.document('/v1/changes?definition=ReviewHistory');
    expect(items).toEqual([expect.objectContaining({ outcome: 'approved' })]);
  });
});

/** One commit with the trailers Gerrit leaves. */
function reviewedRepository(): string {
  const directory = newDataDir();
  const git = (...args: string[]) => execFileSync('git', ['-C', directory, ...args], { stdio: 'pipe' });
  git('init', '--quiet');
  const trailers =
    'Change-Id: I0123456789abcdef0123456789abcdef01234567\nReviewed-by: Rae <rae@example.com>\nTryBot-Result: CI <ci@example.com>';
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
  git(...identity, 'commit', '--quiet', '--allow-empty', '-m', `parser: accept tabs\n\n${trailers}`);
  return directory;
}
