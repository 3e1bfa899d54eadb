/**
 * V8's room for new objects (`--max-semi-space-size`, MiB, of which it takes up to three). It is sized for what a whole server
 * allocates; workers have a share of that each, and of the room.
 */

/** With less a batch of transitions would be copied before it dies. */
const LEAST_MIB = 16;
const OPTION = /^(--max-semi-space-size=)(\d+)$/;

/** The options of Node for each of so many workers, from those of their supervisor. */
export function sharedNursery(execArgv: readonly string[], workers: number): string[] {
  return execArgv.map((each) => {
    const [, name, mib] = OPTION.exec(each) ?? [];
    if (name === undefined) return each;
    return name + Math.min(Number(mib), Math.max(LEAST_MIB, Math.ceil(Number(mib) / workers)));
  });
}
