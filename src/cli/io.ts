/** What a command touches of the process: its two outputs, its environment, where it stands. Tests bring their own. */

export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Whether people read the standard output in colour. */
  readonly colours: boolean;
  /** Where a progress bar may be drawn, or null where nobody watches. */
  readonly screen: NodeJS.WriteStream | null;
  readonly now: () => number;
}

/** The real process. A reader that goes away (`| head`) ends it quietly. */
export function processIo(): Io {
  const { stdout, stderr, env } = process;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
  stderr.on('error', () => {});
  return {
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    env,
    cwd: process.cwd(),
    colours: wantsColours(stdout, env),
    screen: stderr.isTTY ? stderr : null,
    now: Date.now,
  };
}

/** NO_COLOR (no-color.org) wins where it is set and not empty. */
function wantsColours(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  return stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
}
