/** The built server as a process of its own, with a company on it: one change to look at, and thousands on the board. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MAIN = 'dist/cli/main.js';
const AT_ONCE = 32;

export interface Company {
  readonly url: string;
  /** Of somebody who may review. */
  readonly token: string;
  /** A change under review. */
  readonly change: string;
  close(): Promise<void>;
}

/** `changes` is how many stand on the board. Throws where `npm run build` was not run before. */
export async function openCompany(changes: number): Promise<Company> {
  if (!existsSync(MAIN) || !existsSync('dist/web/index.html'))
    throw new Error('The application is not built: run "npm run build" first.');
  const data = mkdtempSync(join(tmpdir(), 'countersign-bench-web-'));
  chmodSync(data, 0o711);
  const args = [MAIN, 'dev', '--port', '0', '--json', '--data', data];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(child.stdout, 'data');
  const { url } = JSON.parse(String(line)) as { url: string };
  const { people } = (await (await fetch(`${url}/dev/people.json`)).json()) as {
    people: { principal: string; token: string }[];
  };
  const tokenOf = (name: string) => people.find(({ principal }) => principal === name)?.token ?? '';
  const post = async (who: string, path: string, body: unknown): Promise<{ readonly id: string }> => {
    const headers = { authorization: `Bearer ${tokenOf(who)}`, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const document = await answer.json();
    if (!answer.ok) throw new Error(`POST ${path}: ${JSON.stringify(document)}`);
    return document as { id: string };
  };
  const definition: unknown = JSON.parse(readFileSync('examples/release-approval.json', 'utf8'));
  await post('developer', '/v1/definitions', { definition });
  const propose = (place: number) =>
    post('ada', '/v1/changes', {
      definition: 'ReleaseApproval',
      project: `project-${place % 7}`,
      title: `Change ${place}: something that a person would say`,
    });
  const { id } = await propose(0);
  await post('ada', `/v1/changes/${id}/events`, { trigger: 'submit' });
  for (let at = 1; at < changes; at += AT_ONCE)
    await Promise.all(
      Array.from({ length: Math.min(AT_ONCE, changes - at) }, (_, place) => propose(at + place)),
    );
  return { url, token: tokenOf('rob'), change: id, close: () => stop(child, data) };
}

async function stop(child: ChildProcess, data: string): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  rmSync(data, { recursive: true, force: true });
}
