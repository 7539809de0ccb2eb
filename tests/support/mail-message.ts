/** A mail as its reader sees it. */
export interface MailMessage {
  from: string;
  to: string[];
  subject: string;
  /** The plain text part, decoded; empty when there is none. */
  text: string;
  /** The HTML part, decoded; empty when there is none. */
  html: string;
  /** Every http(s) address of both parts, each once, in order. */
  links: string[];
  /** Header fields by lower-case name, decoded; of repeated ones the first. */
  headers: Record<string, string>;
  raw: string;
}

interface Part {
  headers: Record<string, string>;
  body: string;
}

/** Reads a mail (RFC 5322, MIME with nested parts, quoted-printable, base64, encoded words in UTF-8 or Latin-1). */
export function parseMail(raw: string, envelope: { from: string; to: string[] }): MailMessage {
  const whole = splitPart(raw);
  const leaves = leavesOf(whole, 0);
  const text = leaves.find((part) => mediaType(part) === 'text/plain');
  const html = leaves.find((part) => mediaType(part) === 'text/html');
  const message = {
    ...envelope,
    subject: whole.headers['subject'] ?? '',
    text: text === undefined ? '' : decodeBody(text),
    html: html === undefined ? '' : decodeBody(html),
    headers: whole.headers,
    raw,
  };
  return { ...message, links: linksOf(message.text, message.html) };
}

function splitPart(raw: string): Part {
  const normal = raw.replace(/\r\n/g, '\n');
  const end = normal.indexOf('\n\n');
  const head = end < 0 ? normal : normal.slice(0, end);
  const headers: Record<string, string> = {};
  for (const line of head.replace(/\n[ \t]+/g, ' ').split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 1) continue;
    headers[line.slice(0, colon).toLowerCase()] ??= decodeWords(line.slice(colon + 1).trim());
  }
  return { headers, body: end < 0 ? '' : normal.slice(end + 2) };
}

function leavesOf(part: Part, depth: number): Part[] {
  const boundary = /^multipart\/.*boundary="?([^";]+)"?/is.exec(part.headers['content-type'] ?? '')?.[1];
  if (boundary === undefined || depth > 5) return [part];
  const pieces = `\n${part.body}`.split(`\n--${boundary}`).slice(1);
  return pieces.filter((piece) => !piece.startsWith('--')).flatMap((piece) => leavesOf(splitPart(piece.replace(/^[ \t]*\n/, '')), depth + 1));
}

function mediaType(part: Part): string {
  return (part.headers['content-type'] ?? 'text/plain').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function decodeBody(part: Part): string {
  const encoding = (part.headers['content-transfer-encoding'] ?? '7bit').toLowerCase();
  if (encoding === 'base64') return Buffer.from(part.body, 'base64').toString('utf8');
  if (encoding === 'quoted-printable') return fromQuotedPrintable(part.body.replace(/=[ \t]*\n/g, ''), 'utf8');
  return Buffer.from(part.body, 'latin1').toString('utf8');
}

function decodeWords(text: string): string {
  return text
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(/=\?([^?]+)\?([bq])\?([^?]*)\?=/gi, (_, charset: string, kind: string, word: string) => {
      const encoding = /^(iso-8859-1|windows-1252)$/i.test(charset) ? 'latin1' : 'utf8';
      if (kind.toLowerCase() === 'b') return Buffer.from(word, 'base64').toString(encoding);
      return fromQuotedPrintable(word.replace(/_/g, ' '), encoding);
    });
}

function fromQuotedPrintable(text: string, encoding: BufferEncoding): string {
  const bytes = text.replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString(encoding);
}

function linksOf(text: string, html: string): string[] {
  const in_text = text.match(/https?:\/\/[^\s<>"')\]]+/g) ?? [];
  const in_html = [...html.matchAll(/href="(https?:\/\/[^"]+)"/g)].map((found) => (found[1] ?? '').replace(/&amp;/g, '&'));
  return [...new Set([...in_text.map((link) => link.replace(/[.,;:!?]+$/, '')), ...in_html])];
}
