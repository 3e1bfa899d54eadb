/** What a development server says when it is ready: where it is, and what to type next. */

export interface Ready {
  readonly url: string;
  readonly transport: string;
  readonly wakeUps: string;
  readonly data: string;
  readonly embedded: boolean;
}

export function greeting(ready: Ready, json: boolean): string {
  const { url, transport, wakeUps, data, embedded } = ready;
  const readyMs = Math.round(performance.now());
  if (json) {
    return `${JSON.stringify({ url, pid: process.pid, data, transport, wake_ups: wakeUps, embedded, ready_ms: readyMs })}\n`;
  }
  const engine = transport === 'uws' ? 'uWebSockets.js' : 'Node (portable)';
  return `
  Countersign is ready at ${url} after ${(readyMs / 1000).toFixed(1)} s.

  PostgreSQL   ${embedded ? `embedded, in ${data}` : 'the one DATABASE_URL names'}
  wake-ups     BullMQ on ${wakeUps === 'redis' ? 'Redis' : 'PostgreSQL'}
  transport    ${engine}

  Next, in another terminal:

    npx countersign deploy examples/release-approval.ts
    npx countersign status
    npx countersign import ../path/to/a/git/repository

  API ${url}/openapi.json    Stop with Ctrl-C.
`;
}
