/** Why a backup or its restoring was refused; `about` of the error says of which file, table or place. */
export type BackupErrorCode =
  | 'bad_recipient'
  | 'identity_file'
  | 'target_not_empty'
  | 'target_unwritable'
  | 'source_unreadable'
  | 'not_a_backup'
  | 'newer_backup'
  | 'other_kind'
  | 'other_digest'
  | 'altered'
  | 'wrong_identity'
  | 'database_not_empty'
  | 'database_differs'
  | 'no_database';

/** The one error of this folder; the sentence for people is in `words.ts`. */
export class BackupError extends Error {
  readonly code: BackupErrorCode;
  readonly about: string;

  constructor(code: BackupErrorCode, about: string, cause?: unknown) {
    super(`${code}: ${about}`, cause === undefined ? undefined : { cause });
    this.name = 'BackupError';
    this.code = code;
    this.about = about;
  }
}
