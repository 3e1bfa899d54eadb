/** What clients that do not read cost those beside them. */
import { type Case, figureOf } from '../figures.ts';
import { Crowd, type ServerProcess } from './processes.ts';
import { everybody, type Setting, startServer } from './setting.ts';

const [READERS, SLEEPERS, PER_SECOND, SECONDS] = [500, 20, 50, 8];

/** The same load with clients that do not read and, before and after that, without: a database that grows is no fault of theirs. */
export async function* slowReaders(setting: Setting): AsyncIterable<Case> {
  const server = await startServer(setting);
  await server.ask({ do: 'changes', count: 500 });
  const readers = await Crowd.open(1, READERS, everybody(setting, server));
  await flood(server);
  const before = await latenciesOf(server, readers);
  const sleepers = await Crowd.open(1, SLEEPERS, everybody(setting, server));
  await sleepers.tell({ do: 'pause' }, 'paused');
  await flood(server);
  const empty = (await server.ask({ do: 'memory' })).rss ?? 0;
  const beside = await latenciesOf(server, readers);
  const full = (await server.ask({ do: 'memory' })).rss ?? 0;
  await sleepers.end();
  await flood(server);
  const after = await latenciesOf(server, readers);
  await readers.end();
  await server.kill();
  yield {
    bench: 'live',
    case: `beside ${SLEEPERS} that do not read`,
    unit: 'deliveries/s',
    figure: figure(beside, SECONDS),
    baseline: { case: 'without them', figure: figure([...before, ...after], 2 * SECONDS) },
    detail: {
      server_grew_bytes: full - empty,
      p99_ms_before: figure(before, SECONDS).p99_ms,
      p99_ms_after: figure(after, SECONDS).p99_ms,
    },
  };
}

/** More than the buffers of the kernel take: whoever does not read leaves the server nowhere to put it. */
async function flood(server: ServerProcess): Promise<void> {
  for (let round = 0; round < 40; round++) await server.ask({ do: 'commit', count: 250 });
}

async function latenciesOf(server: ServerProcess, readers: Crowd): Promise<readonly number[]> {
  await server.ask({ do: 'load', perSecond: PER_SECOND, seconds: 2 });
  await readers.tell({ do: 'time', on: true }, 'timed');
  await server.ask({ do: 'load', perSecond: PER_SECOND, seconds: SECONDS });
  const said = await readers.tell({ do: 'time', on: false }, 'timed');
  return said.flatMap((each) => each.latencies);
}

const figure = (latencies: readonly number[], seconds: number) =>
  figureOf(Float64Array.from(latencies), latencies.length, seconds * 1000);
