import { createServer } from 'node:net';

/** Whether a loopback port can be bound now; a machine without IPv6 has nobody there. */
function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT'));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}

/** The first free loopback port from `first` on; looks at fifty at most. */
export async function freePortFrom(first: number): Promise<number> {
  // Both families: browsers try ::1 first for "localhost", and would show a stranger's page.
  for (let port = first; port < first + 50; port += 1) if ((await isFree(port, '127.0.0.1')) && (await isFree(port, '::1'))) return port;
  throw new Error(`no free port between ${first} and ${first + 49}: stop a program that listens there, or set SCEAU_PORT`);
}
