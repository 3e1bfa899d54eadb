/** Which transport runs: the one asked for, or the best this platform has. */
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Listen, ListenOptions, Transport, TransportHandlers, TransportName } from './transport.ts';

/** Starts the transport asked for; `auto` prefers uWebSockets.js and says why when it cannot have it. */
export async function listen(
  choice: TransportName | 'auto',
  handlers: TransportHandlers,
  options: ListenOptions,
  log: Logger,
): Promise<Transport> {
  const { start, reason } = await choose(choice, options.shared === true);
  const transport = await start(handlers, options);
  log.info({ transport: transport.name, reason, host: options.host, port: transport.port }, 'listening');
  return transport;
}

async function choose(
  choice: TransportName | 'auto',
  shared: boolean,
): Promise<{ start: Listen; reason: string }> {
  const reason = 'configured';
  // Elsewhere the kernel lets several processes have one port, but does not spread connections over them.
  if (choice === 'auto' && shared && process.platform !== 'linux')
    return {
      start: (await import('./transport-node.ts')).listenNode,
      reason: 'workers share a port on Linux only',
    };
  if (choice === 'node') return { start: (await import('./transport-node.ts')).listenNode, reason };
  try {
    const { listenUws } = await import('./transport-uws.ts');
    return { start: listenUws, reason: choice === 'uws' ? reason : 'uWebSockets.js runs on this platform' };
  } catch (error) {
    if (choice === 'uws') throw error;
    const [cause] = messageOf(error).split('\n');
    return { start: (await import('./transport-node.ts')).listenNode, reason: cause ?? 'unknown' };
  }
}
