import { sayRefusal } from '#client';

/**
 * Conflicts and losses on the way of a body that end only the attempt: what was signed is good, and its bytes are to be sent once more.
 */
const SEND_AGAIN = new Set(['upload_ended', 'upload_gone', 'upload_raced', 'parts_missing', 'stored_bytes_differ']);

/** A refusal of the portal, out of its problem document (RFC 9457). */
export class PortalProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly reason: string | undefined;
  readonly request_id: string;
  /** The places that a schema refused, on one line; empty when there are none. */
  readonly issues: string;

  constructor(o: { status: number; code: string; detail: string; reason?: string; request_id: string; issues?: string }) {
    super(`${o.status} ${o.code}: ${o.detail}`);
    this.name = 'PortalProblem';
    this.status = o.status;
    this.code = o.code;
    this.detail = o.detail;
    this.reason = o.reason;
    this.request_id = o.request_id;
    this.issues = o.issues ?? '';
  }

  /** Whether trying again later may help without anything else being changed. */
  get away(): boolean {
    return this.status >= 500 || this.status === 429 || this.status === 408;
  }

  /** Whether the same is to be sent again from its beginning. */
  get sendAgain(): boolean {
    return this.reason !== undefined && SEND_AGAIN.has(this.reason);
  }

  /** Whether what was sent is refused for good: sending the same again gets the same answer. */
  get final(): boolean {
    return !this.away && !this.sendAgain && this.status !== 401 && this.status !== 403;
  }
}

/** What the portal said, on one line in the reader's language, with what its operator needs to find it again. */
export function problemText(problem: PortalProblem, language: 'fr' | 'en' = 'en'): string {
  const said = sayRefusal(language, problem);
  const where = language === 'en' || problem.issues === '' ? said : `${said} ${problem.issues}`;
  return `${where} [${problem.reason ?? problem.code}${problem.request_id === '' ? '' : `, ${problem.request_id}`}]`;
}

/** The refusal that an answer of 400 or more tells; whatever is missing or of another shape gets a plain word. */
export function readProblem(status: number, json: unknown): PortalProblem {
  const fields: Record<string, unknown> = typeof json === 'object' && json !== null ? { ...json } : {};
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' ? value.slice(0, 1000) : undefined;
  };
  const reason = text('reason');
  const issues = Array.isArray(fields['issues']) ? fields['issues'].slice(0, 3).map(issueText).filter((line) => line !== '') : [];
  const detail = [text('detail') ?? text('title') ?? `HTTP ${status}`, ...issues].join(' · ');
  return new PortalProblem({ status, code: text('code') ?? `http_${status}`, detail, issues: issues.join(' · '), request_id: text('request_id') ?? '', ...(reason === undefined ? {} : { reason }) });
}

function issueText(issue: unknown): string {
  if (typeof issue !== 'object' || issue === null || !('message' in issue) || typeof issue.message !== 'string') return '';
  const pointer = 'pointer' in issue && typeof issue.pointer === 'string' ? issue.pointer : '';
  return `${pointer === '' ? '' : `${pointer}: `}${issue.message}`;
}
