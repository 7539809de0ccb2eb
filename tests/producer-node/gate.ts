import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { ExecutionContext } from 'ava';
import { testPortal, type TestPortal } from '../support/portal.ts';

/** A portal behind a gate that a test can shut: the address stays, the portal is away. */
export interface GatedPortal {
  portal: TestPortal;
  /** What nodes are told. */
  origin: string;
  /** From now on connections are refused and those open are cut. */
  shut(): Promise<void>;
  open(): Promise<void>;
  /** Lets this many more bytes through towards the portal, then holds everything; resolves when it holds. */
  holdAfter(bytes: number): Promise<void>;
  /** Lets the next request through and cuts its connection before the answer; resolves when that has happened. */
  loseNextAnswer(): Promise<void>;
}

/** Starts a portal whose public origin is the gate. */
export async function gatedPortal(t: ExecutionContext): Promise<GatedPortal> {
  const sockets = new Set<Socket>();
  let target = 0;
  let allowance = Infinity;
  let onHold = (): void => undefined;
  let onLost: (() => void) | undefined;

  const accept = (incoming: Socket): void => {
    const outgoing = connect(target, '127.0.0.1');
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        incoming.destroy();
        outgoing.destroy();
      });
    }
    incoming.on('data', (bytes) => {
      allowance -= bytes.length;
      if (allowance < 0) {
        incoming.pause();
        return onHold();
      }
      outgoing.write(bytes);
    });
    outgoing.on('data', (bytes) => {
      if (onLost === undefined) return void incoming.write(bytes);
      onLost();
      onLost = undefined;
      incoming.destroy();
    });
  };

  let server: Server = createServer(accept);
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const portal = await testPortal(t, { config: { public_origin: origin } });
  target = portal.portal.config.listen.port;
  const shut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  t.teardown(() => shut().catch(() => undefined));
  return {
    portal,
    origin,
    shut,
    open: async () => {
      allowance = Infinity;
      server = createServer(accept);
      await listen(port);
    },
    holdAfter: (bytes) =>
      new Promise((resolve) => {
        allowance = bytes;
        onHold = resolve;
      }),
    loseNextAnswer: () =>
      new Promise((resolve) => {
        onLost = resolve;
      }),
  };
}
