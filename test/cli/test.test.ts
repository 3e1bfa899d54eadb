import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../repo/sources.ts';
import { cli, only, scratch } from './rig.ts';

const examples = join(ROOT, 'examples');

function workplace(cases?: string): string {
  const directory = scratch();
  copyFileSync(join(examples, 'release-approval.toml'), join(directory, 'release.toml'));
  if (cases !== undefined) writeFileSync(join(directory, 'release.cases.toml'), cases);
  return directory;
}

describe('test', () => {
  it("plays the example's cases and says what all cases cover", async () => {
    const said = await cli(['test', 'release-approval.toml'], { cwd: examples });
    expect(said).toMatchObject({ exit: 0, err: '' });
    expect(said.out).toMatch(/^\d+ cases, 3 of the author's and \d+ generated passed: all as expected\n/);
    expect(said.out).toContain('states 10/10, transitions 9/9, timers 2/2');
  });

  it('ends with 1 where a case comes out otherwise, and says where and how', async () => {
    const cases =
      '[[cases]]\nname = "wrong"\nsteps = [{ as = "ann:developer", event = "submit", expect = "Applied" }]\n';
    const cwd = workplace(cases);
    const said = await cli(['test', 'release.toml'], { cwd });
    expect(said.exit).toBe(1);
    expect(said.out).toContain(
      'failed wrong\n    step 1: The change was expected in Applied; it is in Review.',
    );
    expect(only(await cli(['test', 'release.toml', '--json'], { cwd }))).toMatchObject({
      name: 'ReleaseApproval',
      failed: 1,
    });
  });

  it('writes generated cases behind those of the author, which it leaves alone', async () => {
    const own = '# ours\n[[cases]]\nname = "own"\nsteps = []\n';
    const cwd = workplace(own);
    const written = only(await cli(['test', 'release.toml', '--write', '--json'], { cwd }));
    expect(written).toMatchObject({ failed: 0 });
    expect(readFileSync(join(cwd, 'release.cases.toml'), 'utf8').startsWith(own)).toBe(true);
    const again = only(await cli(['test', 'release.toml', '--write', '--json'], { cwd }));
    expect(again).toMatchObject({ failed: 0, written: 0, uncovered: [] });
  });

  it.each([
    ['cases = 1', 'release.cases.toml:1:'],
    ['[[cases]]\nname = "x"\nsteps = [{ wait = "soon" }]', 'release.cases.toml:3:'],
    ['[[cases]]\nname = ', 'release.cases.toml:2:'],
  ])('says where a file of cases is wrong: %j', async (cases, place) => {
    const said = await cli(['test', 'release.toml'], { cwd: workplace(cases) });
    expect(said.exit).toBe(2);
    expect(said.err).toContain(place);
  });
});
