/**
 * What a connected, subscribed and silent client costs the server. Not counted is V8's room for new objects, which grows with
 * how busy the process was and not with its clients, and buffers of the kernel.
 */
import type { Case, Figure } from '../figures.ts';
import type { DialectName } from './dialects.ts';
import { Crowd } from './processes.ts';
import { CLIENTS, everybody, PROCESSES, type Setting, startServer } from './setting.ts';

interface Memory {
  readonly resident: number;
  readonly heap: number;
  readonly withYoung: number;
}

export async function* memory(setting: Setting): AsyncIterable<Case> {
  const plain = await costs(setting, 'ws');
  const usual = await costs(setting, 'socket.io');
  const ours = await costs(setting, 'countersign');
  yield {
    bench: 'live',
    case: `memory, ${CLIENTS} subscribed`,
    unit: 'bytes each',
    figure: bytes(ours.resident),
    baseline: { case: 'ws, not subscribed', figure: bytes(plain.resident) },
    detail: {
      heap_bytes: ours.heap,
      with_new_space_bytes: ours.withYoung,
      'socket.io': usual.resident,
    },
  };
}

/** Bytes for each client. */
async function costs(setting: Setting, which: DialectName): Promise<Memory> {
  const server = await startServer(setting, which);
  await server.ask({ do: 'changes', count: 100 });
  const taken = async (): Promise<Memory> => {
    const { rss = 0, heapUsed = 0, young = 0 } = await server.ask({ do: 'memory' });
    return { resident: rss - young, heap: heapUsed, withYoung: rss };
  };
  const empty = await taken();
  const crowd = await Crowd.open(PROCESSES, CLIENTS, everybody(setting, server, which));
  const full = await taken();
  await crowd.end();
  await server.kill();
  const each = (name: keyof Memory) => Math.round((full[name] - empty[name]) / crowd.count);
  return { resident: each('resident'), heap: each('heap'), withYoung: each('withYoung') };
}

const bytes = (value: number): Figure => ({ value, p50_ms: 0, p95_ms: 0, p99_ms: 0 });
