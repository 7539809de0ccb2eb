import { createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { type SignedRequest, signedRequest } from '../access/signed-request.ts';
import { ClientError } from '../errors.ts';
import { readSigningKey } from '../home/application-key.ts';
import { loadConsumerKeys } from '../home/consumer-keys.ts';
import { readError, writeError } from '../resources/file-error.ts';
import { portalAway } from '../wire/portal-away.ts';
import { problemError } from '../wire/problem.ts';
import { readBounded } from '../wire/read-bounded.ts';
import { shellWord } from './printable.ts';
import type { Run } from './program.ts';
import type { Session } from './session.ts';

interface CallOptions {
  key?: string;
  data?: string;
  type?: string;
}

const PROBLEM_MAX_BYTES = 1024 * 1024;

/** `sceau fetch` makes one signed call; `sceau sign-request` prints it for curl and other programs. */
export function addSignedCalls(program: Command, run: Run): void {
  const { say } = run;
  const fetching = program.command('fetch').description(say('help.fetch')).argument('<url>', say('help.call_url')).option('-o, --output <file>', say('help.output')).option('-f, --force', say('help.force')).option('--key <file>', say('help.call_key'));
  run.explain(fetching, ['sceau fetch /api/v1/grants', 'sceau fetch /api/v1/grants --key application.pem -o grants.json']).action((url: string, options: CallOptions & { output?: string; force?: boolean }) =>
    run.inSession(async (session) => fetchOnce(await sign(session, 'GET', url, options), options)),
  );
  const signing = program
    .command('sign-request')
    .description(say('help.sign_request'))
    .argument('<method>', say('help.call_method'))
    .argument('<url>', say('help.call_url'))
    .option('--data <@file>', say('help.call_data'))
    .option('--type <media-type>', say('help.call_type'))
    .option('--headers', say('help.call_headers'))
    .option('--key <file>', say('help.call_key'));
  run.explain(signing, ['eval "$(sceau sign-request GET /api/v1/grants)"', 'sceau sign-request POST /api/v1/access-requests --data @request.json --headers']).action((method: string, url: string, options: CallOptions & { headers?: boolean }) =>
    run.inSession(async (session) => {
      const signed = await sign(session, method.toUpperCase(), url, options);
      if (session.json) session.result(signed);
      else if (options.headers === true) for (const [name, value] of Object.entries(signed.headers)) session.line(`${name}: ${value}`);
      else session.line(curlLine(signed, options.data));
      session.note(session.say('sign_request.once'));
    }),
  );
}

async function sign(session: Session, method: string, url: string, options: CallOptions): Promise<SignedRequest> {
  const key = options.key === undefined ? (await loadConsumerKeys(await session.home()))?.signing_key : await readSigningKey(options.key);
  if (key === undefined) throw new ClientError('keys_missing', 'There are no keys yet; make them with: sceau keygen');
  const portal_url = url.startsWith('/') ? (await session.client()).portal_url : undefined;
  const body = options.data === undefined ? undefined : await bodyOf(options.data);
  return signedRequest({ method, url, body, content_type: options.type }, key, { now: new Date(), portal_url, insecure: session.insecure });
}

async function bodyOf(data: string): Promise<Uint8Array> {
  if (!data.startsWith('@')) return new TextEncoder().encode(data);
  try {
    return new Uint8Array(await readFile(data.slice(1)));
  } catch (cause) {
    throw readError(cause, data.slice(1));
  }
}

function curlLine({ method, url, headers }: SignedRequest, data: string | undefined): string {
  const fields = Object.entries(headers).map(([name, value]) => `-H ${shellWord(`${name}: ${value}`)}`);
  return ['curl -sS', ...(method === 'GET' ? [] : [`-X ${shellWord(method)}`]), ...fields, ...(data === undefined ? [] : [`--data-binary ${shellWord(data)}`]), shellWord(url)].join(' ');
}

async function fetchOnce(signed: SignedRequest, o: { output?: string; force?: boolean }): Promise<void> {
  const { origin } = new URL(signed.url);
  // Before the call: a signature counts once, and an answer that cannot be kept is lost.
  if (o.output !== undefined && o.force !== true && (await isThere(o.output))) throw new ClientError('output_exists', `${o.output} is there already.`, { facts: { path: o.output } });
  const response = await fetch(signed.url, { method: signed.method, headers: signed.headers, redirect: 'error' }).catch((cause: unknown) => {
    throw portalAway(origin, cause);
  });
  if (!response.ok) throw problemError(response.status, await readBounded(response, PROBLEM_MAX_BYTES, origin), response.headers);
  const bytes = response.body === null ? Readable.from([]) : Readable.from(response.body);
  if (o.output === undefined) {
    await pipeline(bytes, process.stdout, { end: false });
    return;
  }
  const part = `${o.output}.part`;
  try {
    await pipeline(bytes, createWriteStream(part));
    await rename(part, o.output);
  } catch (cause) {
    await rm(part, { force: true });
    throw writeError(cause, o.output);
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
