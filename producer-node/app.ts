import Koa from 'koa';
import type { Pulse } from './delivery/keep-fresh.ts';
import { listWaiting } from './delivery/outbox-store.ts';
import { reasonOf } from './errors.ts';
import type { ProducerNode } from './node.ts';

const STUCK_SECONDS = 120;

/** The node's own HTTP, for this machine only: /health for whoever supervises it, and nothing else. */
export function createApp(node: ProducerNode, pulse: Pulse): Koa {
  const app = new Koa();
  app.use(async (ctx) => {
    ctx.set('cache-control', 'no-store');
    ctx.set('x-content-type-options', 'nosniff');
    // A page of another site that resolves its own name to this machine would send that name here.
    if (!/^(127\.0\.0\.1|\[::1\]|localhost)(:[0-9]+)?$/.test(ctx.host)) return void (ctx.status = 403);
    if (ctx.path !== '/health') return void (ctx.status = 404);
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('allow', 'GET, HEAD');
      return void (ctx.status = 405);
    }
    const checks = await readHealth(node, pulse);
    const healthy = checks.database === 'ok' && checks.outbox === 'ok';
    ctx.status = healthy ? 200 : 503;
    ctx.body = { status: healthy ? 'ok' : 'degraded', checks };
  });
  return app;
}

async function readHealth(node: ProducerNode, pulse: Pulse): Promise<{ database: string; outbox: string; waiting: number | null; last_round_at: string | null }> {
  const last_round_at = pulse.outbox_at?.toISOString() ?? null;
  try {
    const waiting = (await listWaiting(node.db)).length;
    const age = pulse.outbox_at === undefined ? 0 : (node.clock.now().getTime() - pulse.outbox_at.getTime()) / 1000;
    // A long upload keeps the loop busy; its lease is what shows that it lives.
    return { database: 'ok', outbox: pulse.problem ?? (age > STUCK_SECONDS && waiting === 0 ? 'stuck' : 'ok'), waiting, last_round_at };
  } catch (cause) {
    return { database: reasonOf(cause), outbox: pulse.problem ?? 'ok', waiting: null, last_round_at };
  }
}
