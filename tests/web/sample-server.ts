import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { loadAssets } from '../../portal/web/assets.ts';
import { renderSample } from './sample-pages.ts';

/** The policy under which the portal serves its pages: whatever breaks it shows in the browser. */
const POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Serves the sample pages at `/fr/<name>` and `/en/<name>` on a free port of the loopback. */
export async function startSampleServer(port = 0): Promise<{ origin: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const [, first = '', second = ''] = new URL(request.url ?? '/', 'http://localhost').pathname.split('/');
    const asset = first === 'assets' ? loadAssets().find(second) : undefined;
    const html = first === 'fr' || first === 'en' ? renderSample(second, first) : undefined;
    const body = asset?.bytes ?? html;
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': asset?.media_type ?? 'text/html; charset=utf-8', 'content-security-policy': POLICY });
    response.end(body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${bound}`,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}
