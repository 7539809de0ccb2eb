/** What kind of refusal a {@link SchemaError} is. */
export type SchemaErrorCode =
  /** the value is not plain JSON, or carries a key that JavaScript would misread */
  | 'not_json'
  /** more than 32 levels deep */
  | 'too_deep'
  /** more bytes or more values than the shape may have */
  | 'too_large'
  /** the JSON Schema refuses it */
  | 'malformed'
  /** a rule across several fields refuses it */
  | 'rule_broken'
  /** the text is not an identifier of that kind */
  | 'malformed_id';

/** One thing that is wrong: `pointer` is a JSON Pointer (RFC 6901), `message` a sentence that says what to do. */
export interface SchemaIssue {
  pointer: string;
  message: string;
}

/** Thrown by every gate of this folder; `issues` holds 1 to 20 entries, in the order in which they were found. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly code: SchemaErrorCode;
  readonly detail: string;
  readonly issues: readonly SchemaIssue[];

  constructor(code: SchemaErrorCode, detail: string, issues: readonly SchemaIssue[], options?: { cause?: unknown }) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
    this.issues = issues;
  }
}
