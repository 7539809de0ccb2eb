const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}/\\]/gu;

/**
 * A Content-Disposition that makes browsers save a file under its name (RFC 6266): a plain-ASCII form for old readers, and the exact
 * name percent-encoded (RFC 8187) where it has other characters. What could end the header or leave the folder is replaced.
 */
export function attachment(name: string): string {
  const safe = name.normalize('NFC').toWellFormed().replaceAll(UNSAFE, '_');
  const ascii = safe.normalize('NFKD').replaceAll(/\p{M}/gu, '').replaceAll(/[^\x20-\x7e]|["%]/g, '_');
  const plain = `attachment; filename="${ascii}"`;
  return ascii === safe ? plain : `${plain}; filename*=UTF-8''${encodeExtended(safe)}`;
}

// RFC 8187 attr-char is narrower than what encodeURIComponent leaves alone.
function encodeExtended(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
