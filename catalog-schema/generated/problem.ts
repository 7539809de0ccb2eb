// Generated from the JSON Schemas by generate-types; change the schema and run it again.

/**
 * one field and what to do about it
 */
export interface ProblemIssue {
  /**
   * a JSON Pointer (RFC 6901)
   */
  pointer: string;
  /**
   * a sentence
   */
  message: string;
  [k: string]: unknown;
}

/**
 * An error answer (RFC 9457). Fields we do not know are left alone, as the RFC asks.
 */
export interface Problem {
  /**
   * a URI naming the kind of problem
   */
  type?: string;
  /**
   * a short sentence
   */
  title: string;
  /**
   * an HTTP status from 400 to 599
   */
  status: number;
  /**
   * what happened, for people
   */
  detail?: string;
  /**
   * a URI naming this occurrence
   */
  instance?: string;
  /**
   * a stable code in snake_case
   */
  code?: string;
  /**
   * a finer code in snake_case
   */
  reason?: string;
  /**
   * the number to quote when asking for help
   */
  request_id?: string;
  /**
   * what is wrong in which field, at most 100
   *
   * @maxItems 100
   */
  issues?: ProblemIssue[];
  [k: string]: unknown;
}
