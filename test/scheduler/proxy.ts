/** A TCP proxy that a test can cut: what an outage looks like from the client's side, without stopping the server. */
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** Drops every connection and refuses new ones. */
  cut(): void;
  restore(): void;
  /** Connections stay, and nothing comes through them until `proceed`. */
  stall(): void;
  proceed(): void;
  close(): Promise<void>;
}

export async function openProxy(target: NetConnectOpts): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    keep(near);
    if (isCut) return void near.destroy();
    const far = connect(target);
    keep(far);
    near.pipe(far).on('close', () => near.destroy());
    far.pipe(near).on('close', () => far.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    cut: () => {
      isCut = true;
      drop();
    },
    restore: () => {
      isCut = false;
    },
    stall: () => {
      for (const socket of sockets) socket.pause();
    },
    proceed: () => {
      for (const socket of sockets) socket.resume();
    },
    close: () => {
      drop();
      return new Promise((closed) => void server.close(() => closed()));
    },
  };
}
