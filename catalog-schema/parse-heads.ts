import { createGate } from './gate.ts';
import type { Heads } from './generated/heads.ts';

const DAY = 86_400_000;

/** The value as the payload of a producer-heads+jws statement, which lasts more than 0 and at most 24 hours; throws SchemaError. */
export const parseHeads: (value: unknown) => Heads = createGate<Heads>({
  schema: 'heads',
  what: "a statement of a producer's heads",
  rules: ({ issued_at, expires_at }) => {
    const lasts = Date.parse(expires_at) - Date.parse(issued_at);
    return lasts > 0 && lasts <= DAY ? [] : [{ pointer: '/expires_at', message: 'Give a time after issued_at and at most 24 hours later here.' }];
  },
});
