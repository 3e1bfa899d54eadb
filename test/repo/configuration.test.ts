/** `docs/configuration.md` is written from the table in `src/config.ts`; after a change: `npx vitest run test/repo -u`. */
import { expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/actors/runtime.ts';
import { readConfig, VARIABLES } from '../../src/config.ts';
import { CountersignError } from '../../src/errors.ts';
import { filesUnder, read } from './sources.ts';

function page(): string {
  const rows = Object.entries(VARIABLES).map(
    ([name, { about, allowed, fallback }]) => `| \`${name}\` | ${fallback} | ${allowed} | ${about} |`,
  );
  return `# Configuration

Environment variables of the server. A bad value is refused at start with the variable's name and what it may be;
options of the command line (\`--port\`, \`--host\`, \`--data\`) win over variables.

| Variable | Default | May be | What it does |
| --- | --- | --- | --- |
${rows.join('\n')}

The command line also reads \`COUNTERSIGN_URL\` (address of the server), \`COUNTERSIGN_TOKEN\` (token to use) and
\`COUNTERSIGN_DATA\` (where a local server keeps its address and its development token).

## Development and production

\`countersign dev\` (which \`npm start\` runs) needs none of these: it brings its own PostgreSQL, makes a key for HS256
tokens (\`jwt.key\`) and a token for the command line (\`token\`) in the data directory, and listens on this machine only.
\`countersign serve\` is for everybody else: it refuses to start without \`DATABASE_URL\` and without \`COUNTERSIGN_JWKS\` or
\`COUNTERSIGN_JWT_KEY\`.

\`DATABASE_URL\` names a role that may create the schema \`countersign\` and the role \`countersign_app\`; it is used to
migrate. Requests are served as \`countersign_app\`, which can add to the transition log and read it, and nothing else.
`;
}

it('docs/configuration.md lists exactly the variables the server reads', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/configuration.md');
});

it('no file but the configuration and the command line looks into the environment', () => {
  const readers = filesUnder('src', '.ts').filter((path) =>
    /process\.env|\benv } = process/.test(read(path)),
  );
  // Git is given what it would have been given anyway.
  const known = (path: string) => path.startsWith('src/cli/') || path === 'src/vcs/git/run.ts';
  expect(readers.filter((path) => !known(path))).toEqual([]);
});

it.each([
  ['PORT', '70000', 'a whole number from 0 to 65535'],
  ['PORT', 'eighty', 'a whole number from 0 to 65535'],
  ['DATABASE_URL', 'mysql://db', 'a URL that starts with postgres://'],
  ['REDIS_URL', 'localhost:6379', 'a URL that starts with redis://'],
  ['REDIS_URL', 'redis://redis.internal:port', 'a URL that starts with redis://'],
  ['COUNTERSIGN_TRANSPORT', 'fast', 'auto, uws or node'],
  ['COUNTERSIGN_JWT_KEY', 'short', 'at least 32 characters'],
  ['COUNTERSIGN_JWKS', 'http://idp.example.com/keys', 'an https:// URL'],
  ['COUNTERSIGN_ORIGINS', 'review.example.com', 'origins like https://'],
])('refuses %s=%s with the name of the variable and what it may be', (name, value, allowed) => {
  expect(() => readConfig({ [name]: value })).toThrow(`${name} must be ${allowed}`);
});

it('names every bad variable at once and repeats no value, which may be a secret', () => {
  const failure = caught(() => readConfig({ PORT: '-1', COUNTERSIGN_JWT_KEY: 'hunter2' }));
  expect(failure).toMatchObject({
    code: 'CONFIG_INVALID',
    issues: [{ path: 'PORT' }, { path: 'COUNTERSIGN_JWT_KEY' }],
  });
  expect(JSON.stringify(failure) + failure.message).not.toContain('hunter2');
});

it('takes an empty environment', () => {
  expect(readConfig({})).toMatchObject({
    PORT: 7_400,
    HOST: '127.0.0.1',
    DATABASE_URL: null,
    COUNTERSIGN_ORIGINS: [],
  });
});

it('has the defaults of the runtime, which benches and embedders get without it', () => {
  const config = readConfig({});
  expect(DEFAULT_LIMITS).toMatchObject({
    batchSize: config.COUNTERSIGN_BATCH_SIZE,
    maxWaiting: config.COUNTERSIGN_MAX_WAITING,
    idleActors: config.COUNTERSIGN_IDLE_ACTORS,
  });
});

function caught(work: () => unknown): CountersignError {
  try {
    work();
  } catch (error) {
    if (error instanceof CountersignError) return error;
  }
  throw new Error('nothing was thrown');
}
