import { listNeededBodies } from '../datasets/dataset-store.ts';
import type { ProducerNode } from '../node.ts';

/** Clears the spool of what crashes left behind: files older than a day that no waiting publication needs. */
export async function sweepSpool(node: ProducerNode): Promise<void> {
  await node.spool.sweep((names) => listNeededBodies(node.db, names), node.clock.now());
}
