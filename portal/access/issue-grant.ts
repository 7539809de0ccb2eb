import { parseGrant } from '#catalog-schema';
import { signStatement, statementDigest } from '#crypto';
import { appendAct } from '../log/append-act.ts';
import type { Db, Portal } from '../portal.ts';
import { listEpochsInUse } from './epoch-store.ts';
import { insertGrant } from './grant-store.ts';
import { insertReleaseJobs } from './release-store.ts';

/**
 * Signs a grant with the portal's decision key (custody `portal`: after an officer's decision), stores it with its act, and asks the
 * broker for every epoch in use. In the transaction of the decision, after the dataset's row was locked. Gives the grant's id.
 */
export async function issueGrant(
  trx: Db,
  portal: Portal,
  o: { request_id: string; request_digest: string; dataset_id: string; producer_id: string; consumer_id: string; ends_at: string; actor: string },
): Promise<string> {
  const now = portal.clock.now();
  const { request_id, dataset_id, producer_id, consumer_id, ends_at } = o;
  const epochs = await listEpochsInUse(trx, dataset_id);
  const grant_id = portal.newUuid();
  const payload = parseGrant({
    v: 1,
    grant_id,
    request_sha256: o.request_digest,
    producer_id,
    dataset_id,
    consumer_id,
    starts_at: now.toISOString(),
    ends_at,
    epoch_from: epochs[0] ?? 1,
    epoch_to: null,
    history: false,
    iat: now.toISOString(),
  });
  const statement = signStatement('grant+jws', payload, [portal.keys.decision_key]);
  const digest = statementDigest(statement);
  const { act_id } = await appendAct(trx, portal, { type: 'grant', subject_digest: digest, public: false, dataset_id, actor: o.actor });
  const { starts_at, epoch_from, epoch_to, history } = payload;
  await insertGrant(trx, { grant_id, request_id, dataset_id, producer_id, consumer_id, statement: JSON.stringify(statement), digest, starts_at, ends_at, epoch_from, epoch_to, history, act_id }, now);
  await insertReleaseJobs(trx, epochs.map((epoch) => ({ grant_id, epoch })), now);
  return grant_id;
}
