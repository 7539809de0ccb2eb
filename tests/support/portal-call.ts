import { request } from 'node:http';
import { signRequest, type SigningKey } from '#crypto';

/** One HTTP call of a test. */
export interface Call {
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as a posted form. */
  form?: Record<string, string>;
  /** Sent as it is, as application/octet-stream unless `content_type` says otherwise. */
  bytes?: Uint8Array;
  content_type?: string;
  headers?: Record<string, string>;
  /** Signs the call with this key. */
  as?: SigningKey;
  /** When the signature says it was made; the portal's clock unless given. */
  signed_at?: Date;
  /** The `cookie` of somebody signed in. Forms get the csrf_token and the Origin with it. */
  session?: { cookie: string; csrf_token: string };
}

/** What came back. */
export interface Answer {
  status: number;
  /** By lower-case name; repeated ones joined by a comma, `set-cookie` by line ends. */
  headers: Record<string, string>;
  bytes: Uint8Array;
  text: string;
  /** The body as JSON, undefined when it is none; tests assert its shape. */
  json: ReturnType<typeof JSON.parse>;
}

/** Makes one call; sends exactly what it is told, also what a well-behaved client would not. */
export async function call(origin: string, now: Date, method: string, path: string, o: Call): Promise<Answer> {
  const { body, content_type } = bodyOf(o);
  const headers: Record<string, string> = {};
  if (content_type !== undefined) headers['content-type'] = content_type;
  if (o.session !== undefined) headers['cookie'] = o.session.cookie;
  if (o.form !== undefined) headers['origin'] = origin;
  if (o.as !== undefined) {
    const signed = { method, url: `${origin}${path}`, ...(body === undefined ? {} : { body, content_type: content_type ?? 'application/json' }) };
    Object.assign(headers, signRequest(signed, o.as, { now: o.signed_at ?? now }));
  }
  Object.assign(headers, o.headers);
  return send(origin, method, path, headers, body);
}

/** Makes one call with exactly these headers and this body. */
export function send(origin: string, method: string, path: string, headers: Record<string, string>, body?: Uint8Array): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // node:http rather than fetch: it sends any path and any header as given, and follows nothing.
    const url = new URL(origin);
    const sent = { ...headers, ...(body === undefined || headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined ? {} : { 'content-length': String(body.length) }) };
    const outgoing = request({ host: url.hostname, port: url.port, method, path, headers: sent, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString('utf8');
        const answer_headers: Record<string, string> = {};
        for (const [name, value] of Object.entries(incoming.headers)) answer_headers[name] = Array.isArray(value) ? value.join('\n') : (value ?? '');
        resolve({ status: incoming.statusCode ?? 0, headers: answer_headers, bytes: new Uint8Array(bytes), text, json: parsed(text) });
      });
    });
    outgoing.on('error', reject);
    outgoing.setTimeout(30_000, () => outgoing.destroy(new Error('no answer within 30 s')));
    outgoing.end(body);
  });
}

function bodyOf(o: Call): { body?: Uint8Array; content_type?: string } {
  const given = o.content_type;
  if (o.json !== undefined) return { body: Buffer.from(JSON.stringify(o.json)), content_type: given ?? 'application/json' };
  if (o.form !== undefined) {
    const fields = { ...(o.session === undefined ? {} : { csrf_token: o.session.csrf_token }), ...o.form };
    return { body: Buffer.from(new URLSearchParams(fields).toString()), content_type: given ?? 'application/x-www-form-urlencoded' };
  }
  if (o.bytes !== undefined) return { body: o.bytes, content_type: given ?? 'application/octet-stream' };
  return given === undefined ? {} : { content_type: given };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
