/** The commands that stand in the guides run, in their order, and say what stands under them. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, read } from '../repo/sources.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { newDataDir, Server } from './process.ts';

const COMMAND = /^\$ npx countersign (.*)$/;

/** The guides that show commands, with the files they tell to write. */
const guides = readdirSync(join(ROOT, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => {
    const text = read(`docs/${name}`);
    const lines = text.split('\n');
    const commands = lines.flatMap((line, index) => {
      const [, command] = COMMAND.exec(line) ?? [];
      const under = lines[index + 1] ?? '';
      return command ? [{ command, promised: /^[\w+(]/.test(under) ? under : '' }] : [];
    });
    const files = [...text.matchAll(/<!-- file=(\S+) -->\n```\w+\n([\s\S]*?)```/g)];
    return { name, commands, files: files.map(([, file = '', body = '']) => ({ file, body })) };
  })
  .filter(({ commands }) => commands.length > 0);

/** Splits like a shell, as far as the guides need it. */
const argumentsOf = (text: string) =>
  [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

describe.each(guides)('docs/$name', ({ commands, files }) => {
  let database: TestDatabase;
  let server: Server;
  const directory = newDataDir();
  beforeAll(async () => {
    for (const { file, body } of files) writeFileSync(join(directory, file), body);
    database = await testDatabase();
    server = await Server.start(newDataDir(), { DATABASE_URL: database.adminUrl });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it.each(commands)('runs npx countersign $command', async ({ command, promised }) => {
    const isFile = (arg: string) => files.some(({ file }) => file === arg);
    const args = argumentsOf(command).map((arg) => (isFile(arg) ? join(directory, arg) : arg));
    const { code, stdout, stderr } = await server.run(...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(promised);
  });
});
