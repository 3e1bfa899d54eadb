/** A closed loop: so many operations in flight, each followed by the next, for a time; warm-up not counted. */
import { type Figure, figureOf } from './figures.ts';

export interface Load {
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** Runs `operation(lane)` in `inFlight` lanes; an operation counts for `weight` units. */
export async function closedLoop(
  { inFlight, warmUpMs, measureMs }: Load,
  operation: (lane: number) => Promise<unknown>,
  weight = 1,
): Promise<Figure> {
  const latencies: number[] = [];
  const begin = performance.now() + warmUpMs;
  const end = begin + measureMs;
  const lane = async (index: number) => {
    for (let started = performance.now(); started < end; ) {
      await operation(index);
      const now = performance.now();
      if (started >= begin && now <= end) latencies.push(now - started);
      started = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, (_, index) => lane(index)));
  return figureOf(Float64Array.from(latencies), latencies.length * weight, measureMs);
}
