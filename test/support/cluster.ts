/** A cluster made by `initdb` once per test run, copied wherever the making is not what a test is about. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createLogger } from '../../src/log.ts';
import { serverAccount } from '../../src/persistence/embedded/account.ts';
import { findBinaries, SHARED_HOME } from '../../src/persistence/embedded/binaries.ts';
import { ensureCluster } from '../../src/persistence/embedded/cluster.ts';
import { findPlaces, type Places } from '../../src/persistence/embedded/places.ts';

const log = createLogger('warn');

export const placesOf = (dataDir: string): Places => findPlaces(dataDir, serverAccount(), log);

/** Makes a cluster for `dataDir` that no server has run on yet, and returns where it is. */
export async function makeCluster(dataDir: string): Promise<string> {
  const account = serverAccount();
  const places = placesOf(dataDir);
  await ensureCluster(places, findBinaries(account, account ? SHARED_HOME : dataDir, log), account);
  return places.cluster;
}

/** Gives `dataDir` a cluster as `initdb` leaves it: its server finds it made, and nothing in it. */
export function copyCluster(from: string, dataDir: string): void {
  const { cluster } = placesOf(dataDir);
  if (existsSync(cluster)) throw new Error(`${cluster} is there already`);
  execFileSync('cp', ['-a', from, cluster]);
}
