/** What the alarm clock needs from BullMQ; PostgreSQL and Redis each provide it in their own file. */
import type { BulkJobOptions, Job, JobType, WorkerOptions } from 'bullmq';

/** One queue for every tenant: what is due for whom stands in the `timers` table. */
export const QUEUE = 'countersign-alarms';

/** What a job carries: the slot it rings for, in ms since the epoch. */
export interface Alarm {
  readonly slot: number;
}

export interface AlarmJob {
  readonly name: string;
  readonly data: Alarm;
  readonly opts: BulkJobOptions;
}

export interface AlarmQueue {
  add(name: string, data: Alarm, opts: BulkJobOptions): Promise<unknown>;
  addBulk(jobs: AlarmJob[]): Promise<unknown>;
  getJobCounts(...kinds: JobType[]): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}

export interface AlarmWorker {
  on(event: 'failed', listener: (job: Job<Alarm> | undefined, error: Error) => void): unknown;
  close(): Promise<void>;
  disconnect(): Promise<void>;
}

export type Processor = (job: Job<Alarm>) => Promise<void>;

export interface Backend {
  readonly kind: 'postgres' | 'redis';
  readonly queue: AlarmQueue;
  /** False while the backend is known to be away. */
  reachable(): boolean;
  work(process: Processor): Promise<AlarmWorker>;
  /** Lets go of every connection, without waiting for a backend that is away. */
  disconnect(): void;
}

/** Shared by both workers. A crashed ringer's alarm is taken over after `lockDuration` plus one or two intervals. */
export const WORKER = {
  concurrency: 8,
  lockDuration: 15_000,
  stalledInterval: 10_000,
  maxStalledCount: 10,
  /** Seconds an idle worker waits before it looks by itself. */
  drainDelay: 5,
  /** Milliseconds between attempts while the backend is away. */
  runRetryDelay: 500,
} as const satisfies Omit<WorkerOptions, 'connection'>;
