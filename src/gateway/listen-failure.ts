/** Why a server could not listen, in words. */
import { CountersignError, messageOf } from '../errors.ts';

export function cannotListen(host: string, port: number, cause: Error | undefined): CountersignError {
  if (cause === undefined || ('code' in cause && cause.code === 'EADDRINUSE')) {
    return new CountersignError('PORT_IN_USE', `Port ${port} on ${host} is taken by another program.`, {
      cause,
    });
  }
  const message = `The server cannot listen on ${host}, port ${port}: ${messageOf(cause)}.`;
  return new CountersignError('CONFIG_INVALID', message, { cause });
}
