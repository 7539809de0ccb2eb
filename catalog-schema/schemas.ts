import accessRequest from './schemas/access-request.schema.json' with { type: 'json' };
import act from './schemas/act.schema.json' with { type: 'json' };
import consumerKeys from './schemas/consumer-keys.schema.json' with { type: 'json' };
import grant from './schemas/grant.schema.json' with { type: 'json' };
import heads from './schemas/heads.schema.json' with { type: 'json' };
import keyDeposit from './schemas/key-deposit.schema.json' with { type: 'json' };
import keyRelease from './schemas/key-release.schema.json' with { type: 'json' };
import manifest from './schemas/manifest.schema.json' with { type: 'json' };
import portalKeys from './schemas/portal-keys.schema.json' with { type: 'json' };
import primitives from './schemas/primitives.schema.json' with { type: 'json' };
import problem from './schemas/problem.schema.json' with { type: 'json' };
import producerKeys from './schemas/producer-keys.schema.json' with { type: 'json' };
import revocation from './schemas/revocation.schema.json' with { type: 'json' };
import rudiAsSpecified from './schemas/rudi-as-specified.schema.json' with { type: 'json' };
import rudiMetadata from './schemas/rudi-metadata.schema.json' with { type: 'json' };

/** Every JSON Schema of this folder (dialect 2020-12) by its name, as it may be served to others. */
export const SCHEMAS = {
  'access-request': accessRequest,
  act,
  'consumer-keys': consumerKeys,
  grant,
  heads,
  'key-deposit': keyDeposit,
  'key-release': keyRelease,
  manifest,
  'portal-keys': portalKeys,
  primitives,
  problem,
  'producer-keys': producerKeys,
  revocation,
  'rudi-as-specified': rudiAsSpecified,
  'rudi-metadata': rudiMetadata,
} as const;

/** Name of a schema: its file name without `.schema.json`. */
export type SchemaName = keyof typeof SCHEMAS;
