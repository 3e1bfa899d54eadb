/** BullMQ on Redis, which may be lost at any time: nothing here is the only copy of anything. */
import { Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { Logger } from '../log.ts';
import { type Alarm, type Backend, QUEUE, WORKER } from './backend.ts';
import type { Outage } from './outage.ts';
import { within } from './wait.ts';

/** How long a start waits for Redis before it goes on without, in ms. */
const PATIENCE_MS = 1_000;
/** Before every key; in braces, so that a Redis Cluster keeps the queue in one place. */
const PREFIX = '{countersign}';

/**
 * Commands outlive every reconnect: BullMQ insists on that for workers, and a queue whose first command failed
 * would never recover.
 */
const CONNECTION: RedisOptions = {
  maxRetriesPerRequest: null,
  retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1_000),
};

export async function openRedis(url: string, log: Logger, outage: Outage): Promise<Backend> {
  const clients: Redis[] = [];
  const open = (options: RedisOptions): Redis => {
    const client = new Redis(url, options);
    clients.push(client);
    client.on('error', (error) => outage.down(error));
    client.on('ready', () => outage.up());
    // BullMQ duplicates the client for a worker's blocking command; we close that one too.
    client.duplicate = (more) => open({ ...options, ...more });
    return client;
  };
  const connection = open(CONNECTION);
  await within(PATIENCE_MS, readyOrFailed(connection)).catch(() => undefined);
  void warnOfEviction(connection, log);
  const queue = new Queue<Alarm>(QUEUE, { connection, prefix: PREFIX, skipMetasUpdate: true });
  queue.on('error', (error) => outage.down(error));
  return {
    kind: 'redis',
    queue,
    reachable: () => connection.status === 'ready',
    work: async (process) => {
      const worker = new Worker<Alarm, void>(QUEUE, process, { ...WORKER, connection, prefix: PREFIX });
      worker.on('error', (error) => outage.down(error));
      return worker;
    },
    disconnect: () => {
      for (const client of clients) client.disconnect();
    },
  };
}

function readyOrFailed(client: Redis): Promise<void> {
  return new Promise((resolve) => {
    client.once('ready', resolve);
    client.once('error', () => resolve());
  });
}

/** A Redis that evicts keys loses alarms without a word. */
async function warnOfEviction(client: Redis, log: Logger): Promise<void> {
  const memory = await client.info('memory').catch(() => '');
  const policy = /maxmemory_policy:(\S+)/.exec(memory)?.[1];
  if (policy !== undefined && policy !== 'noeviction')
    log.warn({ maxmemory_policy: policy }, 'Redis may evict alarms: set its maxmemory-policy to noeviction');
}
