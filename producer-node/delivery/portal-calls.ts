import { setTimeout as sleep } from 'node:timers/promises';
import { parseStrictJson, signRequest, utf8 } from '#crypto';
import { NodeError, reasonOf, refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { assertEncrypted } from './portal-origin.ts';
import { PortalProblem, readProblem } from './portal-problem.ts';

/** A call to a portal. `json` and `bytes` exclude each other. */
export interface PortalCall {
  method: 'GET' | 'POST' | 'PUT';
  /** Path and query, from the portal's root. */
  path: string;
  json?: unknown;
  bytes?: Uint8Array;
  /** Signed with the node's key unless false. */
  signed?: boolean;
  /** Tries in all on network errors, 429 and 5xx; 3 unless told. 1 for what must not be repeated. */
  attempts?: number;
  timeout_seconds?: number;
}

/** An answer below 400. `json` is undefined when the answer has no body. */
export interface PortalAnswer {
  status: number;
  json: unknown;
}

const ANSWER_MAX_BYTES = 32 * 1024 * 1024;
const USER_AGENT = 'sceau-node/0.1.0';

/**
 * Calls a portal at `url` (its origin, without a trailing slash). Repeats with growing pauses while the portal is away; each try is
 * signed anew, because a signature is good once. Throws PortalProblem for every refusal, NodeError `portal_away` (its cause is a
 * PortalProblem when the portal did answer), `not_a_portal`, `insecure_portal`.
 */
export async function callPortal(node: ProducerNode, url: string, call: PortalCall): Promise<PortalAnswer> {
  assertEncrypted(url);
  const attempts = call.attempts ?? 3;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await callOnce(node, url, call);
    } catch (cause) {
      const away = cause instanceof PortalProblem ? cause.away : cause instanceof NodeError && cause.code === 'portal_away';
      if (!away || attempt >= attempts) throw cause instanceof PortalProblem && cause.away ? refusal('portal_away', { portal: url, reason: cause }, { cause }) : cause;
      await sleep(250 * 3 ** (attempt - 1));
    }
  }
}

async function callOnce(node: ProducerNode, url: string, call: PortalCall): Promise<PortalAnswer> {
  const body = call.bytes ?? (call.json === undefined ? undefined : utf8(JSON.stringify(call.json)));
  const content_type = call.bytes === undefined ? 'application/json' : 'application/octet-stream';
  const address = `${url}${call.path}`;
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json', 'user-agent': USER_AGENT };
  if (body !== undefined) headers['content-type'] = content_type;
  if (call.signed !== false) {
    const request = { method: call.method, url: address, ...(body === undefined ? {} : { body, content_type }) };
    Object.assign(headers, signRequest(request, node.node_key, { now: node.clock.now() }));
  }
  let response: Response;
  let bytes: Uint8Array;
  try {
    const timeout = AbortSignal.timeout((call.timeout_seconds ?? 30) * 1000);
    response = await node.fetch(address, { method: call.method, headers, redirect: 'manual', signal: timeout, ...(body === undefined ? {} : { body: new Uint8Array(body) }) });
    bytes = await readLimited(response);
  } catch (cause) {
    throw refusal('portal_away', { portal: url, reason: reasonOf(cause) }, { cause });
  }
  if (response.status >= 300 && response.status < 400) {
    throw refusal('not_a_portal', { portal: url, reason: `it redirects to ${response.headers.get('location') ?? 'nowhere'}; give that address if it is the portal` });
  }
  const json = readJson(bytes);
  if (response.status >= 400) throw readProblem(response.status, json);
  if (bytes.length > 0 && json === undefined) throw refusal('not_a_portal', { portal: url, reason: 'the answer is not JSON' });
  return { status: response.status, json };
}

async function readLimited(response: Response): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of response.body) {
    size += piece.length;
    if (size > ANSWER_MAX_BYTES) throw new Error('answer too large');
    pieces.push(piece);
  }
  return new Uint8Array(Buffer.concat(pieces));
}

function readJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return parseStrictJson(bytes, { maxBytes: ANSWER_MAX_BYTES });
  } catch {
    // Not JSON is judged by the caller: behind a proxy, a portal that is away answers with a page.
    return undefined;
  }
}
