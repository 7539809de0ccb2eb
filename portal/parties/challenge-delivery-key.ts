import { deliveryFingerprint, type DeliveryKey, encodeBase64url, sealDelivery } from '#crypto';
import type { Portal } from '../portal.ts';
import { hashCode, sameHash } from './one-time-secret.ts';
import { takeFromRateLimit } from './take-from-rate-limit.ts';

/** A text sealed to a delivery key: whoever opens it reads the answer in its last line. */
export interface KeyChallenge {
  form: DeliveryKey['form'];
  fingerprint: string;
  /** base64url. */
  challenge: string;
  /** RFC 3339; the answer is good until then at least. */
  expires_at: string;
}

const DAY_MS = 24 * 3600 * 1000;
const HOUR = 3600;

/**
 * A challenge for a delivery key, the same mechanism for every form: its answer is derived from the portal's key for codes, the
 * fingerprint and the day, so nothing is stored and every process knows it. Refuses what `checkDeliveryKey` refuses, and `too_many_requests`.
 */
export async function challengeDeliveryKey(portal: Portal, delivery: DeliveryKey, o: { address: string }): Promise<KeyChallenge> {
  await takeFromRateLimit(portal, { bucket: `key-challenge:${o.address}`, limit: 60, window_seconds: HOUR });
  const now = portal.clock.now();
  const fingerprint = deliveryFingerprint(delivery);
  const text = `# sceau delivery key challenge v1\n# portal: ${portal.config.public_origin}\n# key: ${fingerprint}\n${answerOf(portal, fingerprint, dayOf(now))}\n`;
  const sealed = await sealDelivery(text, delivery, { binding: ['sceau-challenge-v1', portal.keys.portal_id], at: now });
  const expires_at = new Date((dayOf(now) + 2) * DAY_MS).toISOString();
  return { form: delivery.form, fingerprint, challenge: encodeBase64url(sealed), expires_at };
}

/** Whether one of the answers is that to a challenge of today or yesterday for the delivery key of this fingerprint. */
export function isAnswered(portal: Portal, fingerprint: string, answers: readonly string[]): boolean {
  const today = dayOf(portal.clock.now());
  return [today, today - 1].some((day) => answers.some((answer) => sameHash(answer, answerOf(portal, fingerprint, day))));
}

function dayOf(time: Date): number {
  return Math.floor(time.getTime() / DAY_MS);
}

function answerOf(portal: Portal, fingerprint: string, day: number): string {
  return `sceau-answer-${hashCode(portal.keys.code_key, { purpose: 'delivery-key-challenge', row: fingerprint, code: String(day) })}`;
}
