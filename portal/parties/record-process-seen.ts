import type { Portal } from '../portal.ts';
import { upsertProcessSeen } from './process-store.ts';

/** Says that a process lives (`web`, `broker`). */
export async function recordProcessSeen(portal: Pick<Portal, 'db' | 'clock'>, name: string, detail: Record<string, unknown> = {}): Promise<void> {
  await upsertProcessSeen(portal.db, name, portal.clock.now(), detail);
}
