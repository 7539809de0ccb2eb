import { parseRevocation } from '#catalog-schema';
import { digestOf, payloadBytes, signStatement, type Statement } from '#crypto';
import { appendAct } from '../log/append-act.ts';
import { actorName } from '../parties/actor-name.ts';
import type { Caller, Portal } from '../portal.ts';
import { decisionMail, endedMail } from './access-mails.ts';
import { getToldDataset } from './askable-dataset-store.ts';
import { markRevoked, setEndAct, type StoredGrant } from './grant-store.ts';
import { refuseWaitingJobs } from './release-store.ts';
import { getRequest } from './request-store.ts';
import { tellDecision } from './tell-decision.ts';
import { tellAsker, tellOfficers } from './tell-people.ts';

/** The end of a grant, once it is clear that it may end. */
export interface GrantEnd {
  actor: Caller;
  /** Who ended it, as mails name them. */
  by: string;
  /** Whether its holder gave it back, so that there is no decision that somebody could deny. */
  given_back: boolean;
  grant: StoredGrant;
  /** The signed revocation. */
  statement: Statement;
  reason: string;
}

/** Writes a revocation down, with its act and mails, in one transaction; does nothing to a grant that has ended. */
export async function endGrant(portal: Portal, { actor, by, given_back, grant, statement, reason }: GrantEnd): Promise<void> {
  const { grant_id, dataset_id } = grant;
  await portal.db.transaction().execute(async (trx) => {
    if (!(await markRevoked(trx, { grant_id, revocation: JSON.stringify(statement), now: portal.clock.now() }))) return;
    const subject_digest = digestOf(payloadBytes(statement));
    const { act_id } = await appendAct(trx, portal, { type: 'revocation', subject_digest, about_digest: grant.digest, public: false, dataset_id, actor: actorName(actor) });
    await setEndAct(trx, grant_id, act_id);
    await refuseWaitingJobs(trx, grant_id, 'grant_revoked');
    const request = await getRequest(trx, grant.request_id);
    const dataset = await getToldDataset(trx, dataset_id);
    await tellAsker(trx, portal, request, dataset, (subject) => endedMail(portal, { ...subject, why: 'revoked', reason }));
    if (given_back) await tellOfficers(trx, portal, request, dataset, (subject) => decisionMail(portal, { ...subject, what: 'revoked', by, alarm_token: null }));
    else await tellDecision(trx, portal, request, dataset, { what: 'revoked', by });
  });
}

/** A revocation signed by the portal's decision key. */
export function signedRevocation(portal: Portal, grant: StoredGrant, reason: string): Statement {
  const payload = parseRevocation({ v: 1, grant_id: grant.grant_id, grant_sha256: grant.digest, producer_id: grant.producer_id, reason, at: portal.clock.now().toISOString() });
  return signStatement('revocation+jws', payload, [portal.keys.decision_key]);
}
