import { createServer } from 'node:net';

/** Whether a loopback port can be bound now. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** The first free loopback port from `first` on; looks at fifty at most. */
export async function freePortFrom(first: number): Promise<number> {
  for (let port = first; port < first + 50; port += 1) if (await isFree(port)) return port;
  throw new Error(`no free port between ${first} and ${first + 49}: stop a program that listens there, or set SCEAU_PORT`);
}
