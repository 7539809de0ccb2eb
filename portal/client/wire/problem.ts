import { parseProblem, type Problem } from '#catalog-schema';
import { parseStrictJson } from '#crypto';
import { ClientError, type ClientErrorCode } from '../errors.ts';

/** The ClientError for an answer that is no success: from its problem document (RFC 9457) when it is one, else from its status. */
export function problemError(status: number, bytes: Uint8Array, headers: Headers): ClientError {
  const problem = readProblem(bytes);
  const code = codeOf(status, problem?.code);
  const detail = problem?.detail ?? problem?.title ?? `The portal answered ${status}.`;
  const issues = (problem?.issues ?? []).map((issue) => `${issue.pointer} ${issue.message}`).join(' ');
  const reason = typeof problem?.['reason'] === 'string' ? problem['reason'] : problem?.code;
  return new ClientError(code, issues === '' ? detail : `${detail} ${issues}`, {
    ...(reason === undefined ? {} : { reason }),
    facts: {
      status,
      refusal: problem?.code ?? '',
      why: issues === '' ? detail : `${detail} ${issues}`,
      ...(problem?.request_id === undefined ? {} : { request_id: problem.request_id }),
      ...(headers.get('retry-after') === null ? {} : { retry_after: headers.get('retry-after') ?? '' }),
    },
  });
}

function readProblem(bytes: Uint8Array): Problem | undefined {
  try {
    return parseProblem(parseStrictJson(bytes));
  } catch {
    // A proxy's page instead of a problem document: the status must do.
    return undefined;
  }
}

function codeOf(status: number, code: string | undefined): ClientErrorCode {
  if (status === 401) return 'not_recognised';
  if (status === 403) return 'not_granted';
  if (status === 404 || status === 410) return 'not_found';
  if (status === 429) return 'too_many_requests';
  if (status >= 500) return 'portal_failed';
  if (status === 409 || code === 'conflict') return 'conflict';
  return 'portal_refused';
}
