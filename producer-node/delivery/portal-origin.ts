import { refusal } from '../errors.ts';

/**
 * The address of a portal as the node keeps it: scheme, host, port. Refuses with `bad_portal_url` what has a path or names somebody,
 * and with `insecure_portal` http to another machine: headers, contacts and one-time codes would travel in clear.
 */
export function portalOrigin(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.username !== '' || url.password !== '' || url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw refusal('bad_portal_url', { url: text });
  }
  assertEncrypted(url.origin);
  return url.origin;
}

/** Refuses with `insecure_portal` an origin that would be called over http and is not on this machine. */
export function assertEncrypted(origin: string): void {
  const url = URL.parse(origin);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return;
  throw refusal('insecure_portal', { url: origin });
}

// Names under .localhost never leave the machine (RFC 6761 §6.3); an address written in another way has been made plain by URL.
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(hostname);
}
