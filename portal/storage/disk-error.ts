import { PortalError } from '../errors.ts';

/** The system's error code (`ENOENT`, `ENOSPC`...) of a failed file operation, or undefined. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether a write failed because the disk, a quota or a file-size limit is exhausted. */
export function isDiskFull(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
}

/** What the store says of a failed file operation: `unavailable` with reason `disk_full` or `store_away`; a PortalError stays as it is. */
export function diskError(error: unknown): PortalError {
  if (error instanceof PortalError) return error;
  if (isDiskFull(error)) {
    return new PortalError('unavailable', 'The portal has no room left for this body. Nothing of it was kept; send it again once the operator has made room.', { cause: error, reason: 'disk_full' });
  }
  return new PortalError('unavailable', 'The store of bodies does not answer. Try again later.', { cause: error, reason: 'store_away' });
}
