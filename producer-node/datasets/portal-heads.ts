import { readAnswer } from '../delivery/portal-answers.ts';
import { callPortal } from '../delivery/portal-calls.ts';
import { PortalProblem } from '../delivery/portal-problem.ts';
import type { PortalRow } from '../db/tables.ts';
import type { PortalEpoch } from '../keys/choose-epoch.ts';
import type { ProducerNode } from '../node.ts';

/** The newest version of a dataset as the portal shows it. */
export interface PortalHead {
  dataset_id: string;
  version: number;
  digest: string;
  status: string;
  title: string;
}

/** All datasets of a producer on the portal, by identifier. Throws PortalProblem, `portal_away`, `not_a_portal`. */
export async function fetchPortalHeads(node: ProducerNode, portal: PortalRow, producer_id: string): Promise<Map<string, PortalHead>> {
  const { json } = await callPortal(node, portal.url, { method: 'GET', path: `/api/v1/producers/${producer_id}/datasets` });
  const heads = readAnswer(json, portal.url)
    .list('datasets')
    .map((entry): PortalHead => {
      const head = readAnswer(entry, portal.url);
      return { dataset_id: head.text('dataset_id'), version: head.integer('version'), digest: head.text('manifest_sha256'), status: head.text('status'), title: head.optionalText('title') };
    });
  return new Map(heads.map((head) => [head.dataset_id, head]));
}

/** The epochs of a dataset as the portal knows them; none for a dataset it does not know. Throws like `fetchPortalHeads`. */
export async function fetchPortalEpochs(node: ProducerNode, portal: PortalRow, dataset_id: string): Promise<PortalEpoch[]> {
  try {
    const { json } = await callPortal(node, portal.url, { method: 'GET', path: `/api/v1/datasets/${dataset_id}/epochs` });
    return readAnswer(json, portal.url)
      .list('epochs')
      .map((entry): PortalEpoch => {
        const epoch = readAnswer(entry, portal.url);
        return { epoch: epoch.integer('epoch'), recipient: epoch.text('recipient'), spent: epoch.bool('spent') };
      });
  } catch (cause) {
    if (cause instanceof PortalProblem && cause.status === 404) return [];
    throw cause;
  }
}

/** Whether the portal knows a dataset at all, whosever it is. */
export async function isKnownToPortal(node: ProducerNode, portal: PortalRow, dataset_id: string): Promise<boolean> {
  try {
    await callPortal(node, portal.url, { method: 'GET', path: `/api/v1/datasets/${dataset_id}`, signed: false });
    return true;
  } catch (cause) {
    if (cause instanceof PortalProblem && cause.status === 404) return false;
    throw cause;
  }
}
