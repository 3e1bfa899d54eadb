/** What git prints, as it comes: without a shell, and without whatever the repository's configuration would add or run. */
import { spawn } from 'node:child_process';
import { CountersignError, messageOf } from '../../errors.ts';

/** Configuration that would add output or run programs is switched off: the repository may be anybody's. */
const SAFE = ['-c', 'log.showSignature=false', '-c', 'core.fsmonitor=false', '-c', 'log.mailmap=false'];

/** Every `size` NUL-ended texts, as one list. */
export async function* groupsOf(chunks: AsyncIterable<string>, size: number): AsyncGenerator<string[]> {
  let rest = '';
  let group: string[] = [];
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\0');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      group.push(part);
      if (group.length < size) continue;
      yield group;
      group = [];
    }
  }
}

/** Runs git without a shell; its output as it comes. Throws FILE_UNREADABLE with what git said. */
export async function* git(directory: string, args: readonly string[]): AsyncGenerator<string> {
  const child = spawn('git', ['-C', directory, ...SAFE, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(),
  });
  const ended = new Promise<number | null>((settle, reject) => {
    child.on('error', reject);
    child.on('close', settle);
  });
  ended.catch(() => {});
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint = (complaint + chunk).slice(-500);
  });
  try {
    for await (const chunk of child.stdout.setEncoding('utf8')) yield chunk as string;
    if ((await ended) === 0) return;
  } catch (cause) {
    throw unreadable(directory, messageOf(cause), cause);
  } finally {
    child.kill();
  }
  throw unreadable(directory, complaint.trim());
}

/** Inside a hook the environment names another repository. */
function environment(): NodeJS.ProcessEnv {
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, ...rest } = process.env;
  return { ...rest, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
}

function unreadable(directory: string, why: string, cause?: unknown): CountersignError {
  return new CountersignError('FILE_UNREADABLE', `${directory} cannot be read as a git repository: ${why}`, {
    cause,
    hint: 'Name a directory with a git repository that has at least one commit.',
  });
}
