import { isUuid } from '../catalog/path-ids.ts';
import { noGrant } from './grant-store.ts';
import { noRequest } from './request-store.ts';

/** The id of a request in an address; an id that cannot exist is as absent as one that does not: `not_found`. */
export function requestId(text: string | undefined): string {
  if (text === undefined || !isUuid(text)) throw noRequest();
  return text;
}

/** The id of a grant in an address; `not_found` like `requestId`. */
export function grantId(text: string | undefined): string {
  if (text === undefined || !isUuid(text)) throw noGrant();
  return text;
}
