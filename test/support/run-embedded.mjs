/** A process of its own that runs an embedded PostgreSQL: prints the server's process id, then waits to be killed. */
import { createLogger } from '../../dist/log.js';
import { EmbeddedPostgres } from '../../dist/persistence/embedded.js';

const server = await EmbeddedPostgres.start({ dataDir: process.argv[2] ?? '', log: createLogger('info') });
process.stdout.write(`${JSON.stringify({ pid: server.pid, adminUrl: server.adminUrl })}\n`);
process.stdin.on('end', () => void server.stop()).resume();
