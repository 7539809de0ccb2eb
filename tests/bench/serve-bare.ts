import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { Router } from '@koa/router';
import Koa from 'koa';

// Bare koa and its router, which answer every call with one JSON value; prints its origin, ends when its standard input does.
const value: unknown = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
const app = new Koa();
const router = new Router();
router.get('/api/v1/datasets', (ctx) => {
  ctx.body = value;
});
app.use(router.routes());
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })}\n`);
});
for await (const _ of process.stdin);
server.closeAllConnections();
server.close();
