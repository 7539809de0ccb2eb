import type { ProducerRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';

/** Refuses with `keys_expired` a producer whose newest key set has run out: nobody would accept what it signs. */
export function assertKeysInForce(producer: Pick<ProducerRow, 'name' | 'keys_expire_at'>, now: Date): void {
  if (producer.keys_expire_at.getTime() <= now.getTime()) throw refusal('keys_expired', { name: producer.name, since: producer.keys_expire_at.toISOString().slice(0, 10) });
}
