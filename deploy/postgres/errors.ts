/** Why the embedded PostgreSQL could not be started. */
export type EmbeddedPostgresErrorCode =
  | 'unsupported_platform'
  | 'no_database_user'
  | 'unreachable_place'
  | 'foreign_owner'
  | 'not_a_data_folder'
  | 'wrong_version'
  | 'busy'
  | 'initdb_failed'
  | 'start_failed';

/** The one error of this folder: `code` for programs, `detail` a sentence for the person who started Sceau. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresErrorCode;
  readonly detail: string;

  constructor(code: EmbeddedPostgresErrorCode, detail: string, cause?: unknown) {
    super(detail, cause === undefined ? undefined : { cause });
    this.name = 'EmbeddedPostgresError';
    this.code = code;
    this.detail = detail;
  }
}
