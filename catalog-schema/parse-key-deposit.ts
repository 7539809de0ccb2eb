import { createGate } from './gate.ts';
import type { KeyDeposit } from './generated/key-deposit.ts';

/** The value as the payload of a key-deposit+jws statement; throws SchemaError. */
export const parseKeyDeposit: (value: unknown) => KeyDeposit = createGate<KeyDeposit>({ schema: 'key-deposit', what: 'a key deposit' });
