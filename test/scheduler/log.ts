/** A log that a test can read back. */
import { pino } from 'pino';
import type { Logger } from '../../src/log.ts';

export function openLog(): { log: Logger; logged(): string[] } {
  let lines: string[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line).msg);
  return {
    log: pino({ level: 'debug' }, { write }),
    logged: () => {
      const said = lines;
      lines = [];
      return said;
    },
  };
}
