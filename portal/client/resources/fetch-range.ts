import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import { reach, signedHeaders } from '../wire/call.ts';
import { portalAway } from '../wire/portal-away.ts';
import { problemError } from '../wire/problem.ts';
import { readBounded } from '../wire/read-bounded.ts';

/** Which bytes of a body are asked for: from a place to the end. */
export interface BodyRange {
  path: string;
  from: number;
  /** Size of the whole body, out of the signed manifest. */
  body_size: number;
  /** Whether the call must say who calls. */
  signed: boolean;
}

const IDLE_MS = 60_000;
const PROBLEM_MAX_BYTES = 256 * 1024;

/**
 * The bytes of a body from a place to its end, as they come, after checking that the answer is about exactly these: status, range,
 * length, no encoding. Refuses with `range_refused`, `encoding_refused`, `body_short`, `body_long`, the codes of problems, and
 * `portal_away` when it breaks off. The bytes themselves are verified by whoever reads them.
 */
export async function* fetchRange(client: Client, range: BodyRange): AsyncGenerator<Uint8Array> {
  const idle = new AbortController();
  let timer = setTimeout(() => idle.abort(new Error('idle')), IDLE_MS);
  try {
    const response = await reach(client, range.path, {
      headers: {
        accept: '*/*',
        'accept-encoding': 'identity',
        ...(range.from === 0 ? {} : { range: `bytes=${range.from}-` }),
        ...(range.signed ? await signedHeaders(client, range.path) : {}),
      },
      redirect: 'error',
      signal: idle.signal,
    });
    if (response.status !== 200 && response.status !== 206) {
      if (response.status === 416) throw new ClientError('range_refused', 'The server has no such range.', { reason: 'status', facts: { why: '416' } });
      throw problemError(response.status, await readBounded(response, PROBLEM_MAX_BYTES, client.portal_url), response.headers);
    }
    checkAnswer(response, range);
    let left = range.body_size - range.from;
    try {
      for await (const bytes of response.body ?? []) {
        clearTimeout(timer);
        timer = setTimeout(() => idle.abort(new Error('idle')), IDLE_MS);
        left -= bytes.length;
        if (left < 0) throw new ClientError('body_long', 'More bytes came than the manifest signs.');
        yield bytes;
      }
    } catch (cause) {
      if (cause instanceof ClientError || !idle.signal.aborted && !isTransport(cause)) throw cause;
      throw portalAway(client.portal_url, cause);
    }
    if (left > 0) throw new ClientError('body_short', `${left} bytes are missing at the end.`, { facts: { missing: left } });
  } finally {
    clearTimeout(timer);
    // Ends the transfer when the reader stops early.
    idle.abort();
  }
}

function checkAnswer(response: Response, { from, body_size }: BodyRange): void {
  const encoding = response.headers.get('content-encoding');
  if (encoding !== null && encoding !== 'identity') {
    throw new ClientError('encoding_refused', `The body came as ${encoding}: its bytes are not those signed.`, { facts: { why: encoding } });
  }
  const answered = response.headers.get('content-range');
  const expected = `bytes ${from}-${body_size - 1}/${body_size}`;
  const whole = response.status === 200 && from === 0 && answered === null;
  const part = response.status === 206 && from > 0 && answered === expected;
  if (!whole && !part) {
    throw new ClientError('range_refused', `Asked from byte ${from}, the server answered ${response.status} ${answered ?? 'without range'}.`, {
      reason: response.status === 200 ? 'whole_instead_of_range' : 'other_range',
      facts: { why: `${response.status} ${answered ?? ''}`.trim() },
    });
  }
  const length = response.headers.get('content-length');
  if (length === null) return;
  const announced = /^[0-9]{1,15}$/.test(length) ? Number(length) : -1;
  if (announced < body_size - from) throw new ClientError('body_short', `The server announces ${length} bytes of ${body_size - from}.`, { facts: { missing: body_size - from - announced } });
  if (announced > body_size - from) throw new ClientError('body_long', `The server announces ${length} bytes of ${body_size - from}.`);
}

// What fetch's stream throws when the connection ends: a TypeError whose cause has a code, or an abort.
function isTransport(cause: unknown): boolean {
  return cause instanceof TypeError || (cause instanceof Error && (cause.name === 'AbortError' || 'code' in cause));
}
