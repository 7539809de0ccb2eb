import { PART_SIZE } from '../../storage/body-store.ts';

/** An upload that gets no part for this long is discarded. */
export const UPLOAD_IDLE_SECONDS = 24 * 3600;
/** Uploads of one producer that may be open at once. */
export const OPEN_UPLOADS_MAX = 200;
/** Parts of one upload; S3 allows no more. */
export const PARTS_MAX = 10_000;

/** How many parts a body of this size has; none when it is empty. */
export function partCount(body_size: number): number {
  return Math.ceil(body_size / PART_SIZE);
}

/** Bytes of part `part` of a body, or undefined when it has no such part. */
export function partSize(body_size: number, part: number): number | undefined {
  if (!Number.isSafeInteger(part) || part < 0 || part >= partCount(body_size)) return undefined;
  return Math.min(PART_SIZE, body_size - part * PART_SIZE);
}

/** When an upload touched at `now` is discarded. */
export function uploadExpiry(now: Date): Date {
  return new Date(now.getTime() + UPLOAD_IDLE_SECONDS * 1000);
}
