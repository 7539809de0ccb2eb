import { createGate } from './gate.ts';
import type { ProducerKeySet } from './generated/producer-keys.ts';
import { keySetIssues } from './key-set-rules.ts';

/** The value as the payload of a producer-keys+jws statement; throws SchemaError. */
export const parseProducerKeySet: (value: unknown) => ProducerKeySet = createGate<ProducerKeySet>({
  schema: 'producer-keys',
  what: 'the key set of a producer',
  rules: (set) => keySetIssues(set, 'root'),
});
