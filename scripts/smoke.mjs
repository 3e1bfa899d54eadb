// A server of this build, from start to stop, on whichever Node runs this file: serves, describes itself, ends cleanly.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS = 60_000;
const STOP_MS = 5_000;

const data = mkdtempSync(join(tmpdir(), 'countersign-smoke-'));
// PostgreSQL runs as another account under root, and has to be able to pass.
chmodSync(data, 0o711);
const main = join(import.meta.dirname, '../dist/cli/main.js');
const args = [main, 'dev', '--port', String(await freePort()), '--data', data];
const server = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
const exited = once(server, 'exit');

try {
  const url = await served();
  const { openapi } = await (await get(`${url}/openapi.json`)).json();
  if (!String(openapi).startsWith('3.1')) throw new Error(`/openapi.json says ${openapi}, not 3.1`);
  server.kill('SIGTERM');
  const [code, signal] = await Promise.race([
    exited,
    sleep(STOP_MS, ['none', `still running after ${STOP_MS} ms`]),
  ]);
  if (code !== 0) throw new Error(`the server did not stop cleanly: exit ${code}, ${signal}`);
  process.stdout.write(`smoke: served and stopped on Node ${process.version}\n`);
} finally {
  if (server.exitCode === null && server.signalCode === null) {
    server.kill('SIGKILL');
    await exited;
  }
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);

/** The address from `server.json`, once `/readyz` answers 200. */
async function served() {
  const end = Date.now() + START_MS;
  while (Date.now() < end) {
    if (server.exitCode !== null)
      throw new Error(`the server ended with exit ${server.exitCode} before it was ready`);
    try {
      const { url } = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8'));
      await get(`${url}/readyz`);
      return url;
    } catch {
      await sleep(50);
    }
  }
  throw new Error(`the server was not ready within ${START_MS} ms`);
}

async function get(url) {
  const response = await fetch(url);
  if (response.status !== 200) throw new Error(`GET ${url} answered ${response.status}`);
  return response;
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  return port;
}
