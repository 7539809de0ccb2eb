import { createGate } from './gate.ts';
import type { Revocation } from './generated/revocation.ts';

/** The value as the payload of a revocation+jws statement; throws SchemaError. */
export const parseRevocation: (value: unknown) => Revocation = createGate<Revocation>({ schema: 'revocation', what: 'a revocation' });
