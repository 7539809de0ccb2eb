import { startEmbeddedPostgres } from '../../deploy/postgres/embedded-postgres.ts';
import { EmbeddedPostgresError } from '../../deploy/postgres/errors.ts';

/** Program for the tests of the embedded PostgreSQL: serves the folder given until stdin closes; says on stdout how it went. */
const [data_dir = '', log_file = ''] = process.argv.slice(2);
try {
  const server = await startEmbeddedPostgres({ data_dir, log_file });
  process.stdout.write(`${JSON.stringify({ server_pid: server.pid, url: server.connectionString('postgres'), data_dir: server.data_dir })}\n`);
  process.stdin.resume().once('end', () => void server.stop());
} catch (cause) {
  if (!(cause instanceof EmbeddedPostgresError)) throw cause;
  process.stdout.write(`${JSON.stringify({ refused: cause.code, detail: cause.detail })}\n`);
}
