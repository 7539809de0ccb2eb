import { CryptoError } from '#crypto';
import { SchemaError } from '#catalog-schema';

/** Everything that the consumer's side refuses or fails at, as one closed list; `exit-code.ts` maps each to what the command line returns. */
export type ClientErrorCode =
  // what the caller gave
  | 'bad_input' | 'interrupted' | 'portal_not_chosen' | 'insecure_portal'
  // the home of keys and pins, files
  | 'home_unusable' | 'home_too_open' | 'home_damaged' | 'home_busy' | 'keys_missing' | 'keys_exist'
  | 'file_unreadable' | 'output_exists' | 'output_unwritable' | 'disk_full'
  // the portal's answers
  | 'portal_away' | 'portal_failed' | 'portal_refused' | 'too_many_requests' | 'answer_malformed'
  | 'not_found' | 'not_granted' | 'not_recognised' | 'clock_off' | 'conflict'
  // the portal's and the producers' keys
  | 'portal_keys_refused' | 'portal_changed' | 'portal_keys_forked' | 'portal_keys_shorter'
  | 'producer_keys_refused' | 'producer_keys_forked' | 'producer_keys_shorter' | 'producer_mismatch'
  // a manifest, its version, its place in the log, its freshness
  | 'evidence_malformed' | 'manifest_refused' | 'manifest_key_not_in_force' | 'manifest_key_retired' | 'manifest_schema' | 'dataset_mismatch'
  | 'dataset_moved' | 'version_rolled_back' | 'equivocation' | 'history_missing' | 'history_broken'
  | 'not_in_log' | 'log_proof_refused' | 'act_mismatch' | 'log_forked' | 'heads_refused' | 'heads_rolled_back' | 'heads_mismatch' | 'stale'
  // grants, releases, packages
  | 'grant_refused' | 'grant_mismatch' | 'grant_without_request' | 'grant_not_live' | 'package_missing' | 'release_refused' | 'release_mismatch'
  | 'package_refused' | 'content_key_mismatch'
  // one's own keys and devices
  | 'own_keys_forked' | 'delivery_key_refused' | 'challenge_refused' | 'key_unknown' | 'device_code_refused' | 'backup_refused' | 'backup_unknown'
  // bytes
  | 'leaves_refused' | 'range_refused' | 'encoding_refused' | 'body_short' | 'body_long' | 'body_refused' | 'header_refused' | 'content_refused';

/** Values that a sentence about the error may name; never a secret. */
export type ErrorFacts = Readonly<Record<string, string | number>>;

/**
 * The one error class of the consumer's side: `code` for programs, `detail` for people (English), `reason` a finer word (a code of
 * `#crypto`, of a schema, or the portal's own), `facts` what a translated sentence names.
 */
export class ClientError extends Error {
  readonly code: ClientErrorCode;
  readonly detail: string;
  readonly reason: string | undefined;
  readonly facts: ErrorFacts;

  constructor(code: ClientErrorCode, detail: string, o: { cause?: unknown; reason?: string; facts?: ErrorFacts } = {}) {
    super(`${code}: ${detail}`, o.cause === undefined ? undefined : { cause: o.cause });
    this.name = 'ClientError';
    this.code = code;
    this.detail = detail;
    this.reason = o.reason;
    this.facts = o.facts ?? {};
  }
}

/** Runs a check of a lower layer; its refusal becomes a ClientError of `code` whose reason is the lower layer's own code. `facts` join its sentence. */
export function refusingAs<T>(code: ClientErrorCode, detail: string, check: () => T, facts: ErrorFacts = {}): T {
  try {
    return check();
  } catch (cause) {
    throw refusal(code, detail, cause, facts);
  }
}

/** Like `refusingAs`, for checks that take their time. */
export async function refusingAsync<T>(code: ClientErrorCode, detail: string, check: () => Promise<T>, facts: ErrorFacts = {}): Promise<T> {
  try {
    return await check();
  } catch (cause) {
    throw refusal(code, detail, cause, facts);
  }
}

function refusal(code: ClientErrorCode, detail: string, cause: unknown, facts: ErrorFacts): unknown {
  if (cause instanceof CryptoError || cause instanceof SchemaError) {
    return new ClientError(code, `${detail} (${cause.detail})`, { cause, reason: cause.code, facts: { why: cause.detail, ...facts } });
  }
  return cause;
}
