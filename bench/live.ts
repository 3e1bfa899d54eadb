/**
 * Live delivery: servers and clients in processes of their own, the server on a real PostgreSQL, every event a committed
 * transition. Baselines of the same run send text of the same length, with nothing behind it.
 *
 * `COUNTERSIGN_LIVE_CASES` names the subjects to run, separated by commas; `COUNTERSIGN_LIVE_CLIENTS` how many clients.
 */
import { mintToken } from '../src/gateway/token.ts';
import type { Case } from './figures.ts';
import { commitToScreen } from './live/commit-to-screen.ts';
import { fanOuts } from './live/fan-out.ts';
import { memory } from './live/memory.ts';
import { reconnect } from './live/reconnect.ts';
import { scale } from './live/scale.ts';
import { KEY, type Setting, type Subject } from './live/setting.ts';
import { slowReaders } from './live/slow-readers.ts';
import { startRig, TENANT } from './rig.ts';

const SUBJECTS: Readonly<Record<string, Subject>> = {
  'fan-out': fanOuts,
  memory,
  reconnect,
  'commit-to-screen': commitToScreen,
  scale,
  'slow-readers': slowReaders,
};

/** Throws where a subject is asked for that there is not. */
export async function live(report: (line: Case) => void): Promise<void> {
  const asked = process.env.COUNTERSIGN_LIVE_CASES?.split(',') ?? Object.keys(SUBJECTS);
  const unknown = asked.find((name) => !Object.hasOwn(SUBJECTS, name));
  if (unknown !== undefined) {
    const names = Object.keys(SUBJECTS).join(', ');
    throw new Error(`COUNTERSIGN_LIVE_CASES names "${unknown}", which is none of: ${names}.`);
  }
  const rig = await startRig();
  const claims = { sub: 'watcher', tenant: TENANT, kind: 'person', roles: [] } as const;
  const token = await mintToken(new TextEncoder().encode(KEY), claims, 3_600);
  const setting: Setting = { rig, protocols: `countersign.v1.json, bearer.${token}` };
  try {
    for (const name of asked) for await (const line of SUBJECTS[name]?.(setting) ?? []) report(line);
  } finally {
    await rig.close();
  }
}
