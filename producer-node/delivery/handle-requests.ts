import type { Logger } from 'pino';
import { applyRules } from '../access/apply-rules.ts';
import { followGrants } from '../access/follow-grants.ts';
import { releaseEpochs } from '../access/release-epochs.ts';
import { holdsContentKeys } from '../datasets/dataset-store.ts';
import { databaseRefusal } from '../db/database.ts';
import { reasonOf } from '../errors.ts';
import { listProducers } from '../keys/producer-store.ts';
import type { ProducerNode } from '../node.ts';
import { findEnrolment } from './portal-store.ts';

/**
 * What the daemon does, for each producer whose content keys only this node holds: grant what a rule covers, take note of grants that ended
 * on the portal, seal what live grants lack. What it queues, the outbox sends. `told` remembers what was logged, so that a request that
 * waits is told once.
 */
export async function handleRequests(node: ProducerNode, logger: Logger, told: Set<string>): Promise<void> {
  const tellOnce = (level: 'info' | 'warn', facts: Record<string, string>, message: string): void => {
    const key = JSON.stringify([facts, message]);
    if (!told.has(key)) logger[level](facts, message);
    told.add(key);
  };
  for (const producer of await listProducers(node.db)) {
    const { producer_id } = producer;
    try {
      const enrolled = await findEnrolment(node.db, producer_id);
      if (enrolled?.enrolment.state !== 'active' || enrolled.enrolment.trust === 'none' || !(await holdsContentKeys(node.db, producer_id))) continue;
      const at = { producer, portal: enrolled.portal };
      for (const { request_id, outcome, error } of await applyRules(node, at)) {
        tellOnce(outcome === 'not_verified' ? 'warn' : 'info', { producer_id, request_id, outcome, ...(error === undefined ? {} : { code: error.code, error: error.detail }) }, 'request');
      }
      for (const { grant_id } of (await followGrants(node, at)).filter((grant) => !grant.ours)) tellOnce('warn', { producer_id, grant_id, code: 'grant_not_ours' }, 'grant');
      await releaseEpochs(node, { producer_id });
    } catch (cause) {
      const away = databaseRefusal(cause);
      if (away !== undefined) throw away;
      tellOnce('warn', { producer_id, error: reasonOf(cause) }, 'requests');
    }
  }
}
