/** Everything that the portal refuses or fails at, as one closed list; `problem.ts` maps each code to its HTTP status. */
export type PortalErrorCode =
  | 'bad_request' // malformed input that no schema names
  | 'schema' // input that a schema refuses; `issues` says where
  | 'bad_evidence' // a signature, digest or proof that does not hold
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'version_skipped'
  | 'equivocation'
  | 'replayed'
  | 'expired'
  | 'too_large'
  | 'too_many_requests'
  | 'length_required'
  | 'unsupported_media_type'
  | 'range_not_satisfiable'
  | 'unavailable';

/** One place of the input and what is wrong there. */
export interface Issue {
  pointer: string;
  message: string;
}

/**
 * The portal's one error class. `detail` is a plain sentence that says what to do; `reason` is a finer machine-readable word
 * (a code of `#crypto`, or a rule's name), given to callers as it is.
 */
export class PortalError extends Error {
  readonly code: PortalErrorCode;
  readonly detail: string;
  readonly reason: string | undefined;
  readonly issues: readonly Issue[];
  /** After how many seconds the same may succeed, where that is known. */
  readonly retry_after: number | undefined;
  constructor(code: PortalErrorCode, detail: string, options: { cause?: unknown; reason?: string; issues?: readonly Issue[]; retry_after?: number } = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'PortalError';
    this.code = code;
    this.detail = detail;
    this.reason = options.reason;
    this.issues = options.issues ?? [];
    this.retry_after = options.retry_after;
  }
}
