/** What nodemailer needs to reach the server of an smtp:// or smtps:// URL; nothing waits longer than `timeout_ms`. */
export function transportOptions(smtp_url: string, timeout_ms: number) {
  const url = new URL(smtp_url);
  const secure = url.protocol === 'smtps:';
  const loopback = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  const auth = url.username === '' ? {} : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } };
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 25) : Number(url.port),
    secure,
    ...auth,
    // A password, and links to sign in, never travel in clear beyond this machine.
    requireTLS: !secure && !loopback,
    disableFileAccess: true,
    disableUrlAccess: true,
    connectionTimeout: timeout_ms,
    greetingTimeout: timeout_ms,
    socketTimeout: timeout_ms,
  };
}
