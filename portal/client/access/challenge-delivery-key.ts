import { decodeBase64url, type DeliveryKey, type DeliverySecret, openDelivery } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError, refusingAsync } from '../errors.ts';
import { malformed, readObject, readText } from '../wire/answer.ts';
import { plainCall } from '../wire/call.ts';
import { meetPortal } from '../trust/meet-portal.ts';

/** A text sealed by the portal to a delivery key; its last line is the answer that registering the key asks for. */
export interface KeyChallenge {
  fingerprint: string;
  bytes: Uint8Array;
}

/** Asks the portal for a challenge for a delivery key; refuses with `portal_refused` what the portal finds wrong with the key. */
export async function challengeDeliveryKey(client: Client, { form, key }: DeliveryKey, fingerprint: string): Promise<KeyChallenge> {
  const answer = await plainCall(client, { method: 'POST', path: '/api/v1/delivery-key-challenges', json: { form, key } });
  const object = readObject(answer.json(), 'a challenge');
  if (readText(object, 'fingerprint') !== fingerprint) throw malformed(object.what, 'it is for another key');
  return { fingerprint, bytes: decodeBase64url(readText(object, 'challenge')) };
}

/** Opens a challenge with the secret of the delivery key and gives its answer; refuses with `challenge_refused`. */
export async function answerChallenge(client: Client, challenge: KeyChallenge, secret: DeliverySecret): Promise<string> {
  const { portal_id } = await meetPortal(client);
  const text = await refusingAsync('challenge_refused', 'The challenge does not open with this key.', () => openDelivery(challenge.bytes, secret, { binding: ['sceau-challenge-v1', portal_id] }));
  return answerIn(new TextDecoder().decode(text));
}

/** The answer in the text of an opened challenge, or as typed by itself; refuses with `challenge_refused`. */
export function answerIn(text: string): string {
  const answer = /^sceau-answer-[A-Za-z0-9_-]{43}$/m.exec(text)?.[0];
  if (answer === undefined) throw new ClientError('challenge_refused', 'No line here begins with sceau-answer-.', { facts: { why: 'sceau-answer-' } });
  return answer;
}
