import {
  parseAccessRequest,
  parseAct,
  parseConsumerKeySet,
  parseGrant,
  parseHeads,
  parseKeyDeposit,
  parseKeyRelease,
  parseManifest,
  parsePortalKeySet,
  parseProblem,
  parseProducerKeySet,
  parseRevocation,
  parseRudiAsSpecified,
  parseRudiMetadata,
} from '#catalog-schema';
import type { SchemaName } from '#catalog-schema';

/** Every gate by the name of its schema. */
export const GATES: readonly (readonly [SchemaName, (value: unknown) => unknown])[] = [
  ['access-request', parseAccessRequest],
  ['act', parseAct],
  ['consumer-keys', parseConsumerKeySet],
  ['grant', parseGrant],
  ['heads', parseHeads],
  ['key-deposit', parseKeyDeposit],
  ['key-release', parseKeyRelease],
  ['manifest', parseManifest],
  ['portal-keys', parsePortalKeySet],
  ['problem', parseProblem],
  ['producer-keys', parseProducerKeySet],
  ['revocation', parseRevocation],
  ['rudi-as-specified', parseRudiAsSpecified],
  ['rudi-metadata', parseRudiMetadata],
];
