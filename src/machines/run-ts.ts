/**
 * Runs a definition in TypeScript on a thread of its own, so that one that never ends, fills the memory or ends the process is
 * only a defect of that file. What it prints goes to the standard error: the standard output holds the answer.
 */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { packageFiles } from '../package-files.ts';

const LIMITS = { ms: 30_000, megabytes: 512 };

export interface Ran {
  /** What it exports, as JSON; undefined where no export has states. */
  readonly json?: string;
  /** Whether JSON says all of it. */
  readonly isPlain?: boolean;
  /** Why it failed. */
  readonly error?: string;
}

/** The default export of the module at `path`, or the first that has states. `countersign` is this package. */
export async function runTs(path: string, { ms, megabytes } = LIMITS): Promise<Ran> {
  const worker = new Worker(PROGRAM, {
    eval: true,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: megabytes },
    workerData: {
      path,
      jiti: createRequire(import.meta.url).resolve('jiti'),
      from: import.meta.url,
      library: packageFiles.library,
    },
  });
  for (const printed of [worker.stdout, worker.stderr])
    printed.on('data', (text: Buffer) => process.stderr.write(text));
  let late: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Ran>((resolve) => {
      late = setTimeout(() => resolve({ error: `it did not end within ${ms / 1_000} s` }), ms);
      worker.once('message', resolve);
      worker.once('error', (error) => resolve({ error: error.message }));
      worker.once('exit', () => resolve({ error: 'it ended before anything was exported' }));
    });
  } finally {
    clearTimeout(late);
    await worker.terminate();
  }
}

/** A script and not a module of ours: a thread cannot start from TypeScript. */
const PROGRAM = `
const { parentPort, workerData } = require('node:worker_threads');
const { createJiti } = require(workerData.jiti);
const isSame = (value, data) => {
  if (typeof value !== 'object' || value === null) return Object.is(value, data);
  if (typeof data !== 'object' || data === null || Array.isArray(value) !== Array.isArray(data)) return false;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return entries.every(([key, each]) => Object.hasOwn(data, key) && isSame(each, data[key]));
};
const said = (module) => {
  const has = (each) => typeof each === 'object' && each !== null && 'states' in each;
  const value = [module.default, ...Object.values(module)].find(has);
  if (value === undefined) return {};
  const json = JSON.stringify(value);
  return { json, isPlain: isSame(value, JSON.parse(json)) };
};
createJiti(workerData.from, { alias: { countersign: workerData.library }, fsCache: false, moduleCache: false })
  .import(workerData.path)
  .then(said)
  .catch((error) => ({ error: error instanceof Error ? error.message : String(error) }))
  .then((ran) => parentPort.postMessage(ran));
`;
