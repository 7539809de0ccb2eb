import type { SchemaIssue } from './errors.ts';
import { createGate } from './gate.ts';
import type { ConsumerKeySet, Delivery } from './generated/consumer-keys.ts';
import { keySetIssues } from './key-set-rules.ts';

/** The value as the payload of a consumer-keys+jws statement; throws SchemaError. */
export const parseConsumerKeySet: (value: unknown) => ConsumerKeySet = createGate<ConsumerKeySet>({
  schema: 'consumer-keys',
  what: 'the key set of a consumer',
  rules: (set) => [...keySetIssues(set, 'identity'), ...applicationIssues(set.keys), ...deliveryIssues(set.delivery)],
});

/** The value as one entry of the delivery keys of a consumer; throws SchemaError. */
export const parseDelivery: (value: unknown) => Delivery = createGate<Delivery>({ schema: 'consumer-keys', definition: 'delivery', what: 'a delivery key' });

/** The delivery keys of a set to which one may seal at `at`: none once the set has expired, and no key after its own end. */
export function deliveryInForce({ expires_at, delivery }: ConsumerKeySet, at: Date): Delivery[] {
  if (Date.parse(expires_at) <= at.getTime()) return [];
  return delivery.filter(({ not_after }) => not_after === undefined || Date.parse(not_after) > at.getTime());
}

function applicationIssues(keys: ConsumerKeySet['keys']): SchemaIssue[] {
  return keys.flatMap((key, index) =>
    key.roles[0] !== 'application' && (key.name !== undefined || key.scopes !== undefined) ? [{ pointer: `/keys/${index}`, message: 'Give name and scopes to applications only.' }] : [],
  );
}

function deliveryIssues(delivery: readonly Delivery[]): SchemaIssue[] {
  const seen = new Set<string>();
  return delivery.flatMap(({ key }, index) => {
    const text = typeof key === 'string' ? key : key.x;
    if (seen.has(text)) return [{ pointer: `/delivery/${index}`, message: 'Name each delivery key once.' }];
    seen.add(text);
    return [];
  });
}
