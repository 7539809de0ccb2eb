/** What was wrong with an address and could be read all the same. */
export type UrlTolerance = 'url_without_scheme' | 'url_with_credentials' | 'url_respelled' | 'url_unusable';

// The web_address of the schemas.
const PLAIN_ADDRESS = /^(?:https?|ftp):\/\/[^\s@/?#]+(?:[/?#]\S*)?$/;

/**
 * Reads an address somebody wrote: a missing scheme is taken for https, a user name or password is taken out, blanks and capitals in
 * the scheme are respelled; what is then no http, https or ftp address of at most 2048 characters is no address (`url` absent).
 */
export function readUrl(text: string): { url?: string; tolerances: UrlTolerance[] } {
  const tolerances: UrlTolerance[] = [];
  let address = text;
  if (/^(?:[\p{L}\p{N}-]{1,63}\.){1,20}\p{L}{2,63}(?:[:/?#]|$)/u.test(address)) {
    tolerances.push('url_without_scheme');
    address = `https://${address}`;
  }
  if (!URL.canParse(address)) return { tolerances: ['url_unusable'] };
  const url = new URL(address);
  if (!['https:', 'http:', 'ftp:'].includes(url.protocol)) return { tolerances: ['url_unusable'] };
  // An empty user name or password (`https://:@host`) is not told by URL, but still disguises the host.
  if (/^[a-z]+:\/\/[^/?#]*@/i.test(address)) {
    tolerances.push('url_with_credentials');
    url.username = '';
    url.password = '';
    address = url.href;
  }
  if (!PLAIN_ADDRESS.test(address)) {
    tolerances.push('url_respelled');
    address = url.href;
  }
  return address.length > 2048 || !PLAIN_ADDRESS.test(address) ? { tolerances: ['url_unusable'] } : { url: address, tolerances };
}
