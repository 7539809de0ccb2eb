import { createServer, type Server } from 'node:http';
import { pino } from 'pino';
import { keepFresh, type Pulse } from '../delivery/keep-fresh.ts';
import { refusal, systemCode } from '../errors.ts';
import type { CommandRun } from './command.ts';
import { escaped } from './printable.ts';

/** `sceau-node run`: the daemon. Ends with 0 on SIGINT or SIGTERM, after the delivery in hand. */
export const run: CommandRun<Record<string, never>> = async ({ screen, node, createApp }) => {
  const { cli } = screen.words;
  const logger = pino({ level: node.config.log_level, base: { process: 'sceau-node' }, hooks: { streamWrite: escaped } }, pino.destination(2));
  const pulse: Pulse = { outbox_at: undefined, problem: undefined };
  const server = createServer(createApp(node, pulse).callback());
  const address = await listen(server, node.config.health);
  const stop = new AbortController();
  const onSignal = (): void => {
    if (!stop.signal.aborted) screen.note(cli.stopping);
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  screen.note(cli.listening({ address }));
  try {
    await keepFresh(node, { signal: stop.signal, logger, pulse });
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
  screen.note(cli.stopped);
  return 0;
};

async function listen(server: Server, where: { host: string; port: number }): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const busy = systemCode(cause) === 'EADDRINUSE' || systemCode(cause) === 'EACCES';
      reject(busy ? refusal('port_busy', { address: `${where.host}:${where.port}` }, { cause }) : cause);
    });
    server.listen(where.port, where.host, resolve);
  });
  const bound = server.address();
  return `http://${where.host}:${typeof bound === 'object' && bound !== null ? bound.port : where.port}`;
}
