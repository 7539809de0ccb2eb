import { databaseClock } from './db/probe.ts';
import { hasWaitingAct, latestCheckpoint } from './log/log-store.ts';
import { refuseUnknownParameters } from './http/parameters.ts';
import { newRouter, type PortalRouter } from './http/request-context.ts';
import { lastSeen } from './parties/process-store.ts';
import type { Portal } from './portal.ts';

/** One part of the portal as seen from here. */
export type Check = 'ok' | 'failing';

/** A process that was silent for longer counts as away. */
export const SILENCE_SECONDS = 60;

/** What was found out about the store holds for so long, in milliseconds. */
const STORE_CHECK_MS = 10_000;

/**
 * `/health`: whether the portal is ready, 200 when it can serve, 503 when its database or store is away; for proxies, which then ask
 * another portal. `/health/live`: whether the process itself answers, without a look at anything else; for supervisors, which must not
 * restart a portal because its database is away.
 */
export function healthRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  router.get('/health', async (ctx) => {
    refuseUnknownParameters(ctx, []);
    const checks = await checkHealth(portal);
    const serving = checks.database === 'ok' && checks.store === 'ok';
    ctx.status = serving ? 200 : 503;
    ctx.body = { status: Object.values(checks).every((check) => check === 'ok') ? 'ok' : 'degraded', checks };
  });
  router.get('/health/live', (ctx) => {
    refuseUnknownParameters(ctx, []);
    ctx.body = { status: 'ok' };
  });
  return router;
}

/** Looks at each part, at most 3 seconds each: database, store (what was found is kept for 10 seconds), broker (seen in the last minute), log (nothing waits for a minute). */
export async function checkHealth(portal: Portal): Promise<Record<'database' | 'store' | 'broker' | 'log', Check>> {
  const recently = new Date(portal.clock.now().getTime() - SILENCE_SECONDS * 1000);
  const [database, store, broker, log] = await Promise.all([
    check(async () => (await databaseClock(portal.db)) !== undefined),
    checkStore(portal),
    check(async () => ((await lastSeen(portal.db, 'broker')) ?? new Date(0)) >= recently),
    check(async () => !(await hasWaitingAct(portal.db, recently)) && (await latestCheckpoint(portal.db)) !== undefined),
  ]);
  return { database, store, broker, log };
}

const storeChecks = new WeakMap<Portal['store'], { until: number; found: Promise<Check> }>();

// A look at the store writes to it, and anybody may ask: those who ask within some seconds share one look.
function checkStore({ store }: Portal): Promise<Check> {
  const known = storeChecks.get(store);
  if (known !== undefined && performance.now() < known.until) return known.found;
  const found = check(async () => {
    await store.ping();
    return true;
  });
  storeChecks.set(store, { until: performance.now() + STORE_CHECK_MS, found });
  return found;
}

async function check(look: () => Promise<boolean>): Promise<Check> {
  const looked = look().catch(() => false);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, 3000, false);
  });
  const ok = await Promise.race([looked, late]);
  clearTimeout(timer);
  return ok ? 'ok' : 'failing';
}
