import { en, type Words } from './words/en.ts';

/** Everything that the node refuses or fails at: the codes are the keys of the sentences, so that none is without words. */
export type NodeErrorCode = keyof Words['errors'];

/** What the sentence of a code needs; an empty object when it needs nothing. */
export type NodeErrorParams<C extends NodeErrorCode> = Parameters<Words['errors'][C]> extends [infer P] ? P : Record<string, never>;

/** The sentence of a refusal in one language. */
type Sentence = (words: Words) => string;

/** The node's one error class. `detail` is the sentence in English; `sentence` says it in another language. */
export class NodeError extends Error {
  readonly code: NodeErrorCode;
  readonly detail: string;
  readonly sentence: Sentence;

  constructor(code: NodeErrorCode, sentence: Sentence, options: { cause?: unknown } = {}) {
    const detail = sentence(en);
    super(`${code}: ${detail}`, options);
    this.name = 'NodeError';
    this.code = code;
    this.detail = detail;
    this.sentence = sentence;
  }
}

/** A refusal of code `code` with what its sentence needs. */
export function refusal<C extends NodeErrorCode>(code: C, params: NodeErrorParams<C>, options: { cause?: unknown } = {}): NodeError {
  return new NodeError(code, (words) => (words.errors[code] as (p: NodeErrorParams<C>) => string)(params), options);
}

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failure: 1, usage: 2, refused: 3, away: 4 } as const;

const EXIT_OF: Partial<Record<NodeErrorCode, number>> = {
  missing_option: EXIT.usage,
  bad_option: EXIT.usage,
  two_producers: EXIT.usage,
  producer_unknown: EXIT.usage,
  producer_ambiguous: EXIT.usage,
  bad_portal_url: EXIT.usage,
  insecure_portal: EXIT.usage,
  portal_refused: EXIT.refused,
  publication_refused: EXIT.refused,
  enrolment_refused: EXIT.refused,
  node_unknown: EXIT.refused,
  dataset_foreign: EXIT.refused,
  portal_away: EXIT.away,
  portal_failing: EXIT.away,
  send_again: EXIT.away,
  enrolment_pending: EXIT.away,
};

/** With which code a refusal ends the command line. */
export function exitCodeOf(error: NodeError): number {
  return EXIT_OF[error.code] ?? EXIT.failure;
}

/** A short reason out of an unknown error: its system code when it has one, else its message; never a stack. */
export function reasonOf(error: unknown): string {
  if (error instanceof NodeError) return error.detail;
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const code = systemCode(error);
  if (code !== undefined) return code;
  if (error.cause instanceof Error) return reasonOf(error.cause);
  return error.message;
}

/** The code that the operating system or PostgreSQL gave to an error, like ENOSPC or 57P03. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
