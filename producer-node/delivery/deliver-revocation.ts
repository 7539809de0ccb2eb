import type { OutboxRow, PortalRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { endOutboxRow } from './outbox-store.ts';
import { callPortal } from './portal-calls.ts';
import { findRevocation } from './revocation-store.ts';

/** Sends one signed revocation; the portal gives the same answer to the same one. Throws PortalProblem, `portal_away`. */
export async function deliverRevocation(node: ProducerNode, row: OutboxRow, portal: PortalRow): Promise<void> {
  const revocation = await findRevocation(node.db, row.subject_id);
  if (revocation === undefined) throw refusal('internal', { reason: `the revocation of ${row.subject_id} is queued and not stored` });
  await callPortal(node, portal.url, { method: 'POST', path: `/api/v1/grants/${row.subject_id}/revocation`, json: { revocation: JSON.parse(revocation.statement) } });
  await endOutboxRow(node.db, row, 'done');
}
