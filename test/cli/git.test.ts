import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gitHistory } from '../../src/cli/import/git.ts';
import type { HistoryRecord } from '../../src/cli/import/record.ts';
import { cli, fake, only, scratch } from './rig.ts';

interface Commit {
  readonly message: string;
  readonly author?: string;
  readonly date?: string;
}

function repository(...commits: Commit[]): string {
  const directory = scratch();
  const git = (args: readonly string[], env: Record<string, string> = {}, input = '') =>
    execFileSync('git', ['-C', directory, ...args], {
      input,
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_COMMITTER_NAME: 'Host',
        GIT_COMMITTER_EMAIL: 'host@example.org',
        ...env,
      },
    });
  git(['init', '-q']);
  for (const { message, author = 'Ann <ann@example.org>', date = '2020-01-01T00:00:00Z' } of commits) {
    const [, name = '', email = ''] = /^(.*) <(.*)>$/.exec(author) ?? [];
    git(
      ['commit', '-q', '--allow-empty', '--cleanup=verbatim', '-F', '-'],
      {
        GIT_AUTHOR_NAME: name,
        GIT_AUTHOR_EMAIL: email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_DATE: '2020-01-05T00:00:00Z',
      },
      message,
    );
  }
  return directory;
}

async function read(directory: string): Promise<HistoryRecord[]> {
  const records = [];
  for await (const each of gitHistory(directory, 'p').records()) records.push(each);
  return records;
}

const reviewed = `ssh: be kind

Change-Id: I0123
Reviewed-by: Bob <Bob@Example.org>
Reviewed-by: Ann <ann@example.org>
Run-TryBot: Bob <bob@example.org>
TryBot-Result: Gopher Robot <gobot@golang.org>
LUCI-TryBot-Result: Go LUCI <luci@example.org>
`;

describe('a git repository', () => {
  it('is read oldest first, by the trailers of its commits', async () => {
    const directory = repository({ message: 'first\n' }, { message: reviewed });
    expect(await gitHistory(directory).count()).toBe(2);
    const [first, second] = await read(directory);
    expect(first).toMatchObject({ title: 'first', changeId: null, reviewedBy: [], tryBot: [], area: null });
    expect(second).toMatchObject({
      title: 'ssh: be kind',
      area: 'ssh',
      changeId: 'I0123',
      author: 'ann@example.org',
      submittedAt: '2020-01-05T00:00:00+00:00',
      reviewedBy: ['bob@example.org', 'ann@example.org'],
      tryBot: ['gobot@golang.org', 'luci@example.org'],
    });
  });

  it('takes odd trailers as they are meant, or leaves them', async () => {
    const [folded, bodyOnly, odd, empty] = await read(
      repository(
        { message: 'a\n\nReviewed-by: A Very Long Name\n  <long@example.org>\nreviewed-BY: Nobody At All\n' },
        { message: 'b\n\nReviewed-by: Not <a@trailer.org>\n\nbecause a paragraph follows.\n' },
        {
          message:
            'c\x1b[31m\n\nReviewed-by: Uni\x1ft <unit@example.org>\nReviewed-by:   \nReviewed-by: <>\n',
        },
        { message: '\n', author: 'dependabot[bot] <1+dependabot[bot]@users.noreply.github.com>' },
      ),
    );
    expect(folded?.reviewedBy).toEqual(['long@example.org', 'nobody at all']);
    expect(bodyOnly?.reviewedBy).toEqual([]);
    expect(odd?.title).toBe('c [31m');
    expect(odd?.reviewedBy).toContain('unit@example.org');
    expect(empty?.title).toBe(empty?.commit.slice(0, 12));
    expect(empty?.author).toBe('1+dependabot[bot]@users.noreply.github.com');
  }, 30_000);

  it('never runs a shell, nor takes a name for an option', async () => {
    const directory = repository({ message: 'x; touch pwned $(touch pwned)\n' });
    writeFileSync(join(directory, 'HEAD'), '');
    expect(await read(directory)).toHaveLength(1);
  });

  it('is imported like any history', async () => {
    const { server, at } = await fake();
    const directory = repository({ message: 'first\n' }, { message: reviewed });
    const summary = only(await cli(['import', directory, '--project', 'repo', '--json'], at));
    expect(summary).toMatchObject({
      changes: 2,
      outcomes: { approved: 1, open: 1 },
      waiting: { 'code and checks': 1 },
      refused: { SELF_APPROVAL: 1 },
      late: 1,
    });
    expect([...server.runtime.changes.values()].map(({ facts }) => facts.project)).toEqual(['repo', 'repo']);
  });

  it('that is none is refused with what git says', async () => {
    const { at } = await fake();
    const said = await cli(['import', scratch()], at);
    expect(said.exit).toBe(2);
    expect(said.err).toContain('not a git repository');
  });
});
