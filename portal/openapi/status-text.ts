import { STATUS_CODES } from 'node:http';

/** The standard words of an HTTP status. */
export function statusText(status: number): string {
  return STATUS_CODES[status] ?? String(status);
}
