import { ClientError } from '../errors.ts';

/** The system's code (`ENOENT`, `ENOSPC`…) of a failed file operation, or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a file operation failed because there is no such file. */
export function isMissing(error: unknown): boolean {
  return systemCode(error) === 'ENOENT';
}

/** What is said of a write that failed: `disk_full` or `output_unwritable`; a ClientError stays as it is. */
export function writeError(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (error instanceof ClientError || code === undefined) return error;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new ClientError('disk_full', `There is no room left to write ${path}.`, { cause: error, reason: code, facts: { path } });
  }
  return new ClientError('output_unwritable', `${path} cannot be written (${code}).`, { cause: error, reason: code, facts: { path, why: code } });
}

/** What is said of a file that cannot be read: `file_unreadable`; a ClientError stays as it is. */
export function readError(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (error instanceof ClientError || code === undefined) return error;
  return new ClientError('file_unreadable', `${path} cannot be read (${code}).`, { cause: error, reason: code, facts: { path, why: code } });
}
