import { SchemaError } from '#catalog-schema';
import { CryptoError } from '#crypto';
import { isDatabaseAway } from './db/database.ts';
import { type Issue, PortalError, type PortalErrorCode } from './errors.ts';

/** An error answer as it leaves the portal (RFC 9457). */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: PortalErrorCode | 'internal';
  /** A finer word for programs: a code of `#crypto`, or the name of the rule. */
  reason?: string;
  issues?: readonly Issue[];
  request_id: string;
}

const STATUS: Readonly<Record<PortalErrorCode, readonly [number, string]>> = {
  bad_request: [400, 'Bad request'],
  schema: [400, 'Not the expected shape'],
  bad_evidence: [422, 'Evidence that does not hold'],
  unauthenticated: [401, 'Not authenticated'],
  forbidden: [403, 'Not allowed'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'Method not allowed'],
  conflict: [409, 'Conflict'],
  version_skipped: [409, 'Version skipped'],
  equivocation: [409, 'Two contents for one version'],
  replayed: [401, 'Not authenticated'],
  expired: [410, 'Expired'],
  too_large: [413, 'Too large'],
  too_many_requests: [429, 'Too many requests'],
  length_required: [411, 'Length required'],
  unsupported_media_type: [415, 'Unsupported media type'],
  range_not_satisfiable: [416, 'Range not satisfiable'],
  unavailable: [503, 'Unavailable'],
};

/** HTTP status of an error code. */
export function statusOf(code: PortalErrorCode): number {
  return STATUS[code][0];
}

/**
 * The only place where an error becomes an answer. Bad evidence, refused shapes and our own errors keep their words; an unknown
 * error says nothing but its request id. `unexpected` is true where somebody should look at the log.
 */
export function problemOf(error: unknown, request_id: string): { problem: ProblemDocument; retry_after?: number; unexpected: boolean } {
  const known = knownError(error);
  if (known === undefined) {
    return {
      problem: { type: 'about:blank', title: 'Internal error', status: 500, detail: 'Something went wrong on our side. Give the request id when asking for help.', code: 'internal', request_id },
      unexpected: true,
    };
  }
  const [status, title] = STATUS[known.code];
  return {
    problem: {
      type: 'about:blank',
      title,
      status,
      detail: known.detail,
      code: known.code,
      ...(known.reason === undefined ? {} : { reason: known.reason }),
      ...(known.issues.length === 0 ? {} : { issues: known.issues.slice(0, 100) }),
      request_id,
    },
    ...(known.retry_after === undefined ? {} : { retry_after: known.retry_after }),
    unexpected: known.code === 'unavailable',
  };
}

/** The error in the portal's own words; undefined for one that nobody foresaw. */
export function knownError(error: unknown): PortalError | undefined {
  if (error instanceof PortalError) return error;
  if (error instanceof SchemaError) return new PortalError('schema', error.detail, { reason: error.code, issues: error.issues, cause: error });
  if (error instanceof CryptoError) {
    return new PortalError(error.code === 'too_large' ? 'too_large' : 'bad_evidence', sentence(error.detail), { reason: error.code, cause: error });
  }
  if (isDatabaseAway(error)) {
    return new PortalError('unavailable', 'The portal cannot reach its database. Try again in a moment.', { reason: 'database_away', retry_after: 5, cause: error });
  }
  // Koa and its router refuse malformed targets with errors that carry a status.
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500) {
    return new PortalError(error.status === 404 ? 'not_found' : 'bad_request', 'The request could not be understood.', { cause: error });
  }
  return undefined;
}

function sentence(detail: string): string {
  const text = detail.charAt(0).toUpperCase() + detail.slice(1);
  return text.endsWith('.') ? text : `${text}.`;
}
