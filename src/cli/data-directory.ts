/**
 * The data directory of a development server: its key, a token for the command line, and where it can be reached.
 * All of it is for the owner of the directory only.
 */
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CountersignError, messageOf } from '../errors.ts';

const PRIVATE = 0o600;

export interface ServerFile {
  readonly url: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly started_at: string;
}

export class DataDirectory {
  readonly path: string;

  /** Makes the directory where it is missing. Throws FILE_UNREADABLE where that cannot be. */
  constructor(path: string) {
    this.path = path;
    try {
      mkdirSync(path, { recursive: true });
      if (!existsSync(join(path, '.gitignore'))) writeFileSync(join(path, '.gitignore'), '*\n');
    } catch (cause) {
      throw new CountersignError(
        'FILE_UNREADABLE',
        `The data directory ${path} cannot be used: ${messageOf(cause)}.`,
        {
          cause,
          hint: 'Choose another with --data or COUNTERSIGN_DATA.',
        },
      );
    }
  }

  /** The key that signs development tokens; made once. */
  key(): Uint8Array {
    const file = join(this.path, 'jwt.key');
    if (!existsSync(file)) this.#write('jwt.key', randomBytes(48).toString('base64url'));
    return new Uint8Array(readFileSync(file));
  }

  writeToken(token: string): void {
    this.#write('token', token);
  }

  writeServer(server: ServerFile): void {
    this.#write('server.json', `${JSON.stringify(server)}\n`);
  }

  /** Removed only by the server that wrote it. */
  removeServer(pid: number): void {
    const file = join(this.path, 'server.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as ServerFile).pid === pid) rmSync(file);
  }

  /** Whole or not at all, and never readable by others, not even for a moment. */
  #write(name: string, text: string): void {
    const temporary = join(this.path, `.${name}.${process.pid}`);
    writeFileSync(temporary, text, { mode: PRIVATE });
    chmodSync(temporary, PRIVATE);
    renameSync(temporary, join(this.path, name));
  }
}
