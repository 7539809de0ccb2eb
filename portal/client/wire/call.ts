import { canonicalBytes, parseStrictJson, signRequest } from '#crypto';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import { malformed } from './answer.ts';
import { portalAway } from './portal-away.ts';
import { problemError } from './problem.ts';
import { readBounded } from './read-bounded.ts';

/** A call of the portal's interface. */
export interface Call {
  method: 'GET' | 'POST' | 'PUT';
  /** Raw path and query, beginning with `/`. */
  path: string;
  /** A JSON body, sent in its canonical bytes. */
  json?: unknown;
  /** A body of other bytes, with its media type. */
  body?: Uint8Array;
  content_type?: string;
  /** Most bytes of answer accepted: 4 MiB unless told. */
  max_bytes?: number;
  /** Seconds until the portal counts as away: 30 unless told. */
  timeout_seconds?: number;
}

/** An answer of status 200 to 299. */
export interface Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
  /** The JSON value of the answer, strictly parsed; refuses with `answer_malformed`. */
  json(): unknown;
}

const ANSWER_MAX_BYTES = 4 * 1024 * 1024;
const TIMEOUT_SECONDS = 30;

/**
 * Calls without saying who calls. Problem documents become ClientErrors (`not_found`, `not_granted`, `conflict`, `portal_refused`,
 * `too_many_requests`, `portal_failed`…), no answer becomes `portal_away`.
 */
export function plainCall(client: Client, call: Call): Promise<Answer> {
  return send(client, call, {});
}

/**
 * Calls in the profile sceau-v1 (RFC 9421) with the client's key. Not repeated by itself: a signature counts once. A refusal because
 * this machine's clock is wrong is told as `clock_off`, with both times.
 */
export async function signedCall(client: Client, call: Call): Promise<Answer> {
  const { body, content_type } = bodyOf(call);
  const signed = signRequest(
    {
      method: call.method,
      url: client.portal_url + call.path,
      ...(body === undefined ? {} : { body }),
      ...(content_type === undefined ? {} : { content_type }),
    },
    await client.signingKey(),
    { now: client.now() },
  );
  try {
    return await send(client, call, signed);
  } catch (error) {
    if (error instanceof ClientError && error.code === 'not_recognised') await tellWrongClock(client, error);
    throw error;
  }
}

/** The URL and headers of a signed GET whose answer is read as a stream. */
export async function signedHeaders(client: Client, path: string): Promise<Record<string, string>> {
  return signRequest({ method: 'GET', url: client.portal_url + path }, await client.signingKey(), { now: client.now() });
}

async function send(client: Client, call: Call, signed: Record<string, string>): Promise<Answer> {
  const { body, content_type } = bodyOf(call);
  const response = await reach(client, call.path, {
    method: call.method,
    headers: {
      accept: 'application/json, application/problem+json, application/jose+json, */*;q=0.1',
      'accept-language': client.language,
      ...(content_type === undefined ? {} : { 'content-type': content_type }),
      ...signed,
    },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    redirect: 'error',
    signal: AbortSignal.timeout((call.timeout_seconds ?? TIMEOUT_SECONDS) * 1000),
  });
  const bytes = await readBounded(response, call.max_bytes ?? ANSWER_MAX_BYTES, client.portal_url);
  if (!response.ok) throw problemError(response.status, bytes, response.headers);
  return {
    status: response.status,
    headers: response.headers,
    bytes,
    json: () => {
      try {
        return parseStrictJson(bytes, { maxBytes: bytes.length, maxDepth: 64 });
      } catch (cause) {
        throw malformed('JSON', cause instanceof Error ? cause.message : '', cause);
      }
    },
  };
}

/** Sends a request to the portal; whatever keeps it from answering becomes `portal_away`. */
export async function reach(client: Client, path: string, init: RequestInit): Promise<Response> {
  try {
    return await client.fetch(client.portal_url + path, init);
  } catch (cause) {
    throw portalAway(client.portal_url, cause);
  }
}

function bodyOf(call: Call): { body: Uint8Array | undefined; content_type: string | undefined } {
  if (call.json !== undefined) return { body: canonicalBytes(call.json), content_type: 'application/json' };
  return { body: call.body, content_type: call.body === undefined ? undefined : (call.content_type ?? 'application/octet-stream') };
}

const CLOCK_MS = 50_000;

async function tellWrongClock(client: Client, refused: ClientError): Promise<void> {
  let text: unknown;
  try {
    const value = (await plainCall(client, { method: 'GET', path: '/api/v1/portal' })).json();
    text = typeof value === 'object' && value !== null && 'now' in value ? value.now : undefined;
  } catch {
    // The refusal of the call itself says more than that the portal has gone since.
    return;
  }
  const theirs = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  const ours = client.now().getTime();
  if (Number.isNaN(theirs) || Math.abs(theirs - ours) < CLOCK_MS) return;
  const minutes = Math.round((ours - theirs) / 60_000);
  throw new ClientError('clock_off', `This machine says ${new Date(ours).toISOString()}, the portal ${new Date(theirs).toISOString()}: set the clock.`, {
    cause: refused,
    facts: { ours: new Date(ours).toISOString(), theirs: new Date(theirs).toISOString(), minutes },
  });
}
