/** A progress bar on the standard error while somebody watches, nothing otherwise. */
import type { Io } from '../io.ts';

export interface Progress {
  update(changes: number, events: number): void;
  stop(): void;
}

/** A bar that is redrawn at most ten times a second. */
export async function progressBar({ screen }: Io, total: number): Promise<Progress> {
  if (!screen) return { update() {}, stop() {} };
  const { default: cliProgress } = await import('cli-progress');
  const bar = new cliProgress.SingleBar({
    stream: screen,
    fps: 10,
    hideCursor: true,
    clearOnComplete: true,
    format: '{bar} {value}/{total} changes · {events} events · {duration_formatted}',
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: 30,
  });
  bar.start(total, 0, { events: 0 });
  return { update: (changes, events) => bar.update(changes, { events }), stop: () => bar.stop() };
}
