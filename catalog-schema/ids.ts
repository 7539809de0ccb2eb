import { SchemaError } from './errors.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** UUID of a dataset, lower case; stable across versions. */
export type DatasetId = Branded<'dataset_id'>;
/** UUID of a resource, lower case; unique within its dataset. */
export type ResourceId = Branded<'resource_id'>;
/** UUID of a grant, lower case. */
export type GrantId = Branded<'grant_id'>;
/** UUID of an access request, lower case. */
export type RequestId = Branded<'request_id'>;
/** base64url(SHA-256(payload of the producer's first key set)), 43 characters. */
export type ProducerId = Branded<'producer_id'>;
/** base64url(SHA-256(payload of the consumer's first key set)), 43 characters. */
export type ConsumerId = Branded<'consumer_id'>;

// These two patterns have no repetition that can backtrack, so the built-in engine is linear on them.
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
// 32 bytes are 43 characters of base64url whose last one carries only four bits.
const THUMBPRINT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;

/** The text as a dataset identifier; throws `malformed_id`. */
export function parseDatasetId(text: string): DatasetId {
  return uuid(text, 'dataset') as DatasetId;
}

/** The text as a resource identifier; throws `malformed_id`. */
export function parseResourceId(text: string): ResourceId {
  return uuid(text, 'resource') as ResourceId;
}

/** The text as a grant identifier; throws `malformed_id`. */
export function parseGrantId(text: string): GrantId {
  return uuid(text, 'grant') as GrantId;
}

/** The text as an access request identifier; throws `malformed_id`. */
export function parseRequestId(text: string): RequestId {
  return uuid(text, 'access request') as RequestId;
}

/** The text as a producer identifier; throws `malformed_id`. */
export function parseProducerId(text: string): ProducerId {
  return thumbprint(text, 'producer') as ProducerId;
}

/** The text as a consumer identifier; throws `malformed_id`. */
export function parseConsumerId(text: string): ConsumerId {
  return thumbprint(text, 'consumer') as ConsumerId;
}

function uuid(text: string, what: string): string {
  if (typeof text === 'string' && UUID.test(text)) return text;
  throw malformedId(`Give the identifier of the ${what} as a UUID in lower case.`);
}

function thumbprint(text: string, what: string): string {
  if (typeof text === 'string' && THUMBPRINT.test(text)) return text;
  throw malformedId(`Give the identifier of the ${what} as 43 characters of unpadded base64url.`);
}

function malformedId(message: string): SchemaError {
  return new SchemaError('malformed_id', message, [{ pointer: '', message }]);
}
