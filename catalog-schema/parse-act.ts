import { createGate } from './gate.ts';
import type { Act } from './generated/act.ts';

/** The value as one act of the portal's log; throws SchemaError. */
export const parseAct: (value: unknown) => Act = createGate<Act>({ schema: 'act', what: 'an act of the log' });
