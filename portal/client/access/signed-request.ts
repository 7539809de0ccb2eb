import { signRequest, type SigningKey } from '#crypto';
import { portalOrigin } from '../client.ts';
import { ClientError, refusingAs } from '../errors.ts';

/** A call to be signed: where, how, and the exact bytes it will carry. */
export interface CallToSign {
  method: string;
  /** Absolute, or a path of `portal_url`. */
  url: string;
  body?: Uint8Array | undefined;
  /** Of the body; `application/json` unless told. */
  content_type?: string | undefined;
}

/** A signed call as it goes on the wire; counts once, within 60 seconds. */
export interface SignedRequest {
  method: string;
  /** As it must be sent, to the character: path and query are signed. */
  url: string;
  headers: Record<string, string>;
}

/**
 * Signs one call in the profile sceau-v1 for any program to make. Nothing is sent. Refuses with `bad_input` an address that is none or that servers
 * read in two ways, with `insecure_portal` plain http to another machine, with `portal_not_chosen` a path without portal.
 */
export function signedRequest(call: CallToSign, key: SigningKey, o: { now: Date; portal_url: string | undefined; insecure: boolean }): SignedRequest {
  if (call.url.startsWith('/') && o.portal_url === undefined) throw new ClientError('portal_not_chosen', 'No portal was named: give --portal or SCEAU_PORTAL.');
  // A second slash would name another machine.
  const url = call.url.startsWith('//') ? null : URL.parse(call.url, o.portal_url);
  if (url === null) throw new ClientError('bad_input', `${call.url} is no address.`, { facts: { value: call.url } });
  portalOrigin(url.origin, o.insecure);
  const { body, content_type } = call;
  const request = { method: call.method, url: url.href, ...(body === undefined ? {} : { body }), ...(content_type === undefined ? {} : { content_type }) };
  const headers = refusingAs('bad_input', 'This call cannot be signed.', () => signRequest(request, key, { now: o.now }), { value: call.url });
  return { method: call.method, url: url.href, headers };
}
