/** When each client that comes back reached which step, so that a slow return shows where it hung. */

export const STEPS = ['dialled', 'connected', 'welcomed', 'subscribed', 'caught_up'] as const;
export type Step = (typeof STEPS)[number];

/** For each step when half of the clients and the last one had reached it, ms after the first was dialled. */
export interface Comebacks {
  readonly attempts: number;
  /** Given up by the client because nothing came. */
  readonly silent: number;
  /** CPU time of the clients' process, ms. */
  readonly user_ms: number;
  readonly system_ms: number;
  readonly half: Readonly<Record<Step, number>>;
  readonly last: Readonly<Record<Step, number>>;
}

export class ComebackLog {
  readonly #steps = new Map<Step, Map<number, number>>(STEPS.map((step) => [step, new Map()]));
  readonly #cpu = process.cpuUsage();
  attempts = 0;
  silent = 0;

  /** What a client reached last counts: an attempt that failed is forgotten by the next. */
  reached(client: number, step: Step, atMs: number): void {
    if (step === 'dialled') this.attempts += 1;
    this.#steps.get(step)?.set(client, atMs);
  }

  summary(): Comebacks {
    const all = STEPS.map((step) => [...(this.#steps.get(step)?.values() ?? [])].sort((a, b) => a - b));
    const first = all[0]?.[0] ?? 0;
    const at = (share: number) =>
      Object.fromEntries(
        STEPS.map((step, index) => {
          const times = all[index] ?? [];
          const time = times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? first;
          return [step, Math.round(time - first)];
        }),
      ) as Record<Step, number>;
    const { user, system } = process.cpuUsage(this.#cpu);
    const cpu = { user_ms: Math.round(user / 1000), system_ms: Math.round(system / 1000) };
    return { ...cpu, attempts: this.attempts, silent: this.silent, half: at(0.5), last: at(1) };
  }
}
