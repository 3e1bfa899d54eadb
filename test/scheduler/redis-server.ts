/** A Redis for the tests: the one of REDIS_URL, else an own one where redis-server is on the PATH, else none, loudly. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const onPath = spawnSync('redis-server', ['--version']).status === 0;
export const redisIsHere = process.env.REDIS_URL !== undefined || onPath;

if (!redisIsHere) {
  const what = 'redis-server is not on the PATH and REDIS_URL is not set';
  if (process.env.COUNTERSIGN_REQUIRE_REDIS === '1')
    throw new Error(`${what}, but COUNTERSIGN_REQUIRE_REDIS=1.`);
  // biome-ignore lint/suspicious/noConsole: a skipped test says so.
  console.warn(`SKIPPED: the Redis tests do not run, because ${what}.`);
}

export interface TestRedis {
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

export async function openRedisServer(): Promise<TestRedis> {
  if (process.env.REDIS_URL !== undefined) {
    const url = new URL(process.env.REDIS_URL);
    return { host: url.hostname, port: Number(url.port || 6379), stop: async () => undefined };
  }
  const port = await freePort();
  const options = [
    '--save',
    '',
    '--appendonly',
    'no',
    '--maxmemory-policy',
    'noeviction',
    '--bind',
    '127.0.0.1',
  ];
  const server = spawn('redis-server', ['--port', String(port), '--dir', '/tmp', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await saysReady(server);
  return {
    host: '127.0.0.1',
    port,
    stop: async () => {
      server.kill('SIGTERM');
      await once(server, 'exit');
    },
  };
}

async function saysReady(server: ChildProcess): Promise<void> {
  if (!server.stdout) throw new Error('redis-server has no output');
  for await (const line of createInterface(server.stdout)) {
    if (line.includes('Ready to accept connections')) {
      server.stdout.resume();
      return;
    }
  }
  throw new Error('redis-server ended before it was ready');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
