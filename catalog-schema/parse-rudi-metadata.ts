import { createGate } from './gate.ts';
import type { RudiMetadata } from './generated/rudi-metadata.ts';

/** The value as RUDI metadata of API version 1.2.0 to 1.4.1, kept as it is; tolerances are named by normaliseRudi; throws SchemaError. */
export const parseRudiMetadata: (value: unknown) => RudiMetadata = createGate<RudiMetadata>({ schema: 'rudi-metadata', what: 'RUDI metadata' });
