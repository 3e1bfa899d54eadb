/** NGINX with the configuration of the documentation, its ports replaced. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../repo/sources.ts';

export const nginxIsHere = spawnSync('nginx', ['-v']).status === 0;
if (!nginxIsHere) {
  // biome-ignore lint/suspicious/noConsole: a skip is to be heard
  console.warn('SKIPPED: NGINX before two servers, because nginx is not on the PATH.');
}

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

/** `ports`: of the two servers behind it. */
export async function startNginx(ports: readonly [string, string]): Promise<Nginx> {
  const directory = mkdtempSync(join(tmpdir(), 'countersign-nginx-'));
  const port = await freePort();
  const site = readFileSync(join(ROOT, 'docs/examples/nginx.conf'), 'utf8')
    .replace('7401', ports[0])
    .replace('7402', ports[1])
    .replace('listen 8080', `listen 127.0.0.1:${port}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => {
    mkdirSync(join(directory, name));
    return `${name}_temp_path ${join(directory, name)};`;
  });
  writeFileSync(
    join(directory, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${directory}/pid; error_log ${directory}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 1000; }
http { access_log off; ${temporary.join(' ')}\n${site}\n}`,
  );
  const child = spawn('nginx', ['-p', directory, '-c', join(directory, 'nginx.conf')], { stdio: 'inherit' });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(readFileSync(join(directory, 'error.log'), 'utf8'));
    await sleep(20);
  }
  return { url, stop: () => stop(child, directory) };
}

async function stop(child: ChildProcess, directory: string): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  rmSync(directory, { recursive: true, force: true });
}

function answers(url: string): Promise<boolean> {
  return fetch(`${url}/livez`).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}
