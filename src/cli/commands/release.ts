/** `release`: a change that broke an invariant and was stopped goes on, on whichever server has stopped it. */
import { connected, findChangeId } from '../connected.ts';
import type { Common } from '../connection.ts';
import type { Io } from '../io.ts';
import { done, type Result } from '../result.ts';
import { cell } from '../text.ts';

interface Options extends Common {
  readonly reason: string;
  readonly project?: string;
}

export async function release(
  io: Io,
  { reason, project, ...common }: Options,
  name: string,
): Promise<Result> {
  return connected(io, common, async (api) => {
    const id = await findChangeId(api, name, project);
    const released = await api.release(id, reason);
    const said = released ? 'goes on' : 'was not stopped';
    return done({ change: id, released }, `${cell(name)} ${said}.`);
  });
}
