import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

/** A small proxy in front of several portals, as a TLS proxy stands there in earnest. */
export interface Balancer {
  /** How many requests each portal answered so far, in the order of `ports`. */
  answered(): readonly number[];
  close(): Promise<void>;
}

/**
 * Listens on a loopback port and hands each request to the next of `ports` in turn; one that refuses the connection is passed over.
 * A request whose portal dies under it is answered with 502 and not sent to another: it may have been carried out.
 */
export async function startBalancer(port: number, ports: readonly number[]): Promise<Balancer> {
  const counts = ports.map(() => 0);
  let next = 0;
  const server = createServer((incoming, outgoing) => {
    const first = next;
    next = (next + 1) % ports.length;
    pass(incoming, outgoing, first, ports.length);
  });

  function pass(incoming: IncomingMessage, outgoing: ServerResponse, index: number, tries: number): void {
    const headers = { ...incoming.headers, 'x-forwarded-for': incoming.socket.remoteAddress ?? '' };
    const call = request({ host: '127.0.0.1', port: ports[index], method: incoming.method, path: incoming.url, headers }, (answer) => {
      counts[index] = (counts[index] ?? 0) + 1;
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
      answer.on('error', () => outgoing.destroy());
    });
    call.on('error', (cause: NodeJS.ErrnoException) => {
      incoming.unpipe(call);
      if (cause.code === 'ECONNREFUSED' && tries > 1) return pass(incoming, outgoing, (index + 1) % ports.length, tries - 1);
      if (outgoing.headersSent) return void outgoing.destroy();
      outgoing.writeHead(502).end();
    });
    outgoing.on('close', () => call.destroy());
    // Nothing of the body may be read before somebody took the connection: it could not be sent again.
    call.on('socket', (socket) => (socket.connecting ? socket.once('connect', () => incoming.pipe(call)) : incoming.pipe(call)));
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    answered: () => [...counts],
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
