import { digestOf, fingerprintOf, signStatement, type SigningKey, type Statement, utf8 } from '#crypto';
import { decideAccessRequest, type Decided } from '../../../portal/access/decide-access-request.ts';
import type { Answer, TestConsumer, TestPortal, TestProducer } from '../../support/portal.ts';
import type { SealedDataset } from '../catalog/publishing.ts';

export const PURPOSE = 'Étudier la répartition des subventions.\nTrois mois, une équipe.';

/** The payload of a request, before signing, to be spoilt by tests. */
export function requestPayload(portal: TestPortal, consumer: TestConsumer, o: { dataset: SealedDataset; producer: TestProducer; purpose?: string; request_id?: string }) {
  const now = portal.portal.clock.now();
  const { recipient } = consumer.delivery;
  return {
    v: 1,
    request_id: o.request_id ?? portal.portal.newUuid(),
    origin: portal.origin,
    producer_id: o.producer.producer_id,
    dataset_id: o.dataset.dataset_id,
    consumer_id: consumer.consumer_id,
    delivery: [{ form: 'age', key: recipient, fingerprint: fingerprintOf('age', recipient) }],
    purpose_sha256: digestOf(utf8(o.purpose ?? PURPOSE)) as string,
    offer_sha256: o.dataset.publication.digest,
    iat: now.toISOString(),
    exp: new Date(now.getTime() + 30 * 86_400_000).toISOString(),
  };
}

/** Signs a request payload as this consumer. */
export function signRequestPayload(payload: unknown, key: SigningKey): Statement {
  return signStatement('access-request+jws', payload, [key]);
}

/** Asks for a dataset by the API; gives the answer. */
export async function ask(
  portal: TestPortal,
  consumer: TestConsumer,
  o: { dataset: SealedDataset; producer: TestProducer; email?: string; purpose?: string; payload?: unknown; key?: SigningKey },
): Promise<Answer> {
  const payload = o.payload ?? requestPayload(portal, consumer, o);
  const request = signRequestPayload(payload, o.key ?? consumer.identity_key);
  const contact = { name: 'Anne Rivière', email: o.email ?? 'anne@labo.example', organisation: 'Laboratoire mobilité' };
  return portal.call('POST', '/api/v1/access-requests', { json: { request, purpose: o.purpose ?? PURPOSE, contact, language: 'fr' }, as: consumer.identity_key });
}

/** The link token and the code of the newest confirmation mail to an address about a request. */
export async function confirmationOf(portal: TestPortal, email: string): Promise<{ token: string; code: string }> {
  const texts = (await portal.mails(email)).map((mail) => mail.text_body).filter((text) => text.includes('/access-requests/confirm/'));
  const found = texts.flatMap((text) => {
    const token = /\/confirm\/([A-Za-z0-9_-]+)/.exec(text)?.[1];
    const code = /^([0-9A-Z]{4}-[0-9A-Z]{4})$/m.exec(text)?.[1];
    return token === undefined || code === undefined ? [] : [{ token, code }];
  });
  const last = found.at(-1);
  if (last === undefined) throw new Error(`${email} got no mail to confirm`);
  return last;
}

/** Asks and confirms by the code; gives the request's id. */
export async function askAndConfirm(portal: TestPortal, consumer: TestConsumer, o: { dataset: SealedDataset; producer: TestProducer }): Promise<string> {
  const email = `anne.${portal.portal.newUuid().slice(0, 8)}@labo.example`;
  const asked = await ask(portal, consumer, { ...o, email });
  if (asked.status !== 201) throw new Error(`the request was not taken: ${asked.text}`);
  const { code } = await confirmationOf(portal, email);
  const confirmed = await portal.call('POST', `/api/v1/access-requests/${asked.json.request_id}/confirmation`, { json: { code }, as: consumer.identity_key });
  if (confirmed.status !== 200) throw new Error(`the request was not confirmed: ${confirmed.text}`);
  return asked.json.request_id;
}

/** Approves a request as the officer of its producer, with the fingerprint compared. */
export async function approve(portal: TestPortal, producer: TestProducer, request_id: string, o: { ends_at?: string } = {}): Promise<Decided> {
  const officer = await portal.signInOfficer(producer);
  return decideAccessRequest(portal.portal, officer.member, { request_id, decision: 'approve', fingerprint_confirmed: true, ...o });
}

/** Asks, confirms and is granted; gives the grant's id. */
export async function grantAccess(portal: TestPortal, consumer: TestConsumer, o: { dataset: SealedDataset; producer: TestProducer; ends_at?: string }): Promise<{ request_id: string; grant_id: string }> {
  const request_id = await askAndConfirm(portal, consumer, o);
  const { grant_id } = await approve(portal, o.producer, request_id, o.ends_at === undefined ? {} : { ends_at: o.ends_at });
  if (grant_id === null) throw new Error('no grant came of the approval');
  return { request_id, grant_id };
}
