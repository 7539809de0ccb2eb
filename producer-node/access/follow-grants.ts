import { findDataset } from '../datasets/dataset-store.ts';
import type { PortalRow, ProducerRow } from '../db/tables.ts';
import { fetchGrants, type GrantLine } from '../delivery/portal-access.ts';
import { NodeError } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { followConsumer } from './follow-consumer.ts';
import { endGrant, findOwnGrant } from './grant-store.ts';
import { verifyConsumer } from './verify-request.ts';

/** A grant as the portal shows it, beside what this node knows of it. */
export interface ComparedGrant extends GrantLine {
  /** False: the portal shows a grant for data whose keys only this node holds, and this node never signed it. Nothing is sealed under it. */
  ours: boolean;
}

/**
 * Holds the portal's grants against this node's own: one that somebody ended on the portal's page ends here too, because ending is always
 * safe to believe; one that this node never signed is told. The keys of those who have access are followed: added devices are taken, any
 * other change stops that consumer. Throws PortalProblem, `portal_away`.
 */
export async function followGrants(node: ProducerNode, o: { producer: ProducerRow; portal: PortalRow }): Promise<ComparedGrant[]> {
  const compared: ComparedGrant[] = [];
  for (const line of await fetchGrants(node, o.portal, o.producer.producer_id)) {
    const own = await findOwnGrant(node.db, line.grant_id);
    if (own?.state === 'active' && own.digest === line.grant_sha256 && line.state === 'revoked') await endGrant(node.db, own.grant_id, 'revoked', node.clock.now());
    if (own?.state === 'active' && own.consumer_id === line.consumer_id && line.key_sets.length > 0) await followKeys(node, o.producer, line);
    compared.push({ ...line, ours: await isOurs(node, line, own?.digest) });
  }
  return compared;
}

// Key sets that do not follow from the consumer's id change nothing: what is pinned stays.
async function followKeys(node: ProducerNode, producer: ProducerRow, { key_sets, consumer_id }: GrantLine): Promise<void> {
  try {
    await followConsumer(node, producer, verifyConsumer(key_sets, consumer_id));
  } catch (cause) {
    if (!(cause instanceof NodeError)) throw cause;
  }
}

/** Whether a grant that the portal shows may exist: this node signed it, or the dataset's keys are not this node's alone to give. */
export async function isOurs(node: ProducerNode, line: Pick<GrantLine, 'dataset_id' | 'grant_sha256'>, own_digest: string | undefined): Promise<boolean> {
  const dataset = await findDataset(node.db, line.dataset_id);
  return dataset?.custody !== 'producer' || own_digest === line.grant_sha256;
}
