import { createGate } from './gate.ts';
import type { Problem } from './generated/problem.ts';

/** The value as an RFC 9457 problem document; fields we do not know are kept; throws SchemaError. */
export const parseProblem: (value: unknown) => Problem = createGate<Problem>({ schema: 'problem', what: 'a problem document' });
