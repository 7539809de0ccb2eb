import { createGate } from './gate.ts';
import type { ConsumerKeySet } from './generated/consumer-keys.ts';
import { keySetIssues } from './key-set-rules.ts';

/** The value as the payload of a consumer-keys+jws statement; throws SchemaError. */
export const parseConsumerKeySet: (value: unknown) => ConsumerKeySet = createGate<ConsumerKeySet>({
  schema: 'consumer-keys',
  what: 'the key set of a consumer',
  rules: (set) => keySetIssues(set, 'identity'),
});
