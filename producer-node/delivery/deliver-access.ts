import { encodeBase64url } from '#crypto';
import { findDecision } from '../access/decision-store.ts';
import { endGrant, findOwnGrant } from '../access/grant-store.ts';
import { findPackage } from '../access/package-store.ts';
import type { OutboxRow, PortalRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { endOutboxRow, refusePackages } from './outbox-store.ts';
import { callPortal } from './portal-calls.ts';

/** Sends one grant, key package, or decision without a grant; the portal gives the same answer to the same one. Throws PortalProblem, `portal_away`. */
export async function deliverAccess(node: ProducerNode, row: OutboxRow, portal: PortalRow): Promise<void> {
  const call = await callOf(node, row);
  if (call === undefined) throw refusal('internal', { reason: `${row.kind} ${row.subject_id} is queued and not stored` });
  await callPortal(node, portal.url, call);
  await endOutboxRow(node.db, row, 'done');
}

/** Ends a grant that the portal refuses for good, because its request had ended, with its packages. False when the lease went to another sender. */
export async function refuseGrant(node: ProducerNode, row: OutboxRow, error: { code: string; text: string }): Promise<boolean> {
  return node.db.transaction().execute(async (trx) => {
    if (!(await endOutboxRow(trx, row, 'refused', error))) return false;
    await refusePackages(trx, row.subject_id, error);
    await endGrant(trx, row.subject_id, 'refused', node.clock.now());
    return true;
  });
}

type AccessCall = { method: 'PUT' | 'POST'; path: string; json: unknown };

async function callOf(node: ProducerNode, row: OutboxRow): Promise<AccessCall | undefined> {
  const { subject_id, version, digest } = row;
  if (row.kind === 'grant') {
    const grant = await findOwnGrant(node.db, subject_id);
    if (grant === undefined) return undefined;
    const { statement, key_confirmation, note } = grant;
    return { method: 'PUT', path: `/api/v1/grants/${subject_id}`, json: { grant: JSON.parse(statement), key_confirmation, ...(note === null ? {} : { note }) } };
  }
  if (row.kind === 'package') {
    const found = await findPackage(node.db, { grant_id: subject_id, epoch: version, digest });
    if (found === undefined) return undefined;
    return { method: 'POST', path: `/api/v1/grants/${subject_id}/packages`, json: { epoch: found.epoch, form: found.form, package: encodeBase64url(found.package), release: JSON.parse(found.statement) } };
  }
  const decision = await findDecision(node.db, subject_id, version === 0 ? 'agree' : 'refuse');
  if (decision === undefined) return undefined;
  const { note, ends_at } = decision;
  return {
    method: 'POST',
    path: `/api/v1/access-requests/${subject_id}/decision`,
    json: { decision: decision.decision, ...(ends_at === null ? {} : { ends_at: ends_at.toISOString() }), ...(note === null ? {} : { note }) },
  };
}
