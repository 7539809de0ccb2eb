import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeBase64url, partyIdOf } from '#crypto';
import type { ConsumerKeys, KeyPackage, ListedGrant } from '#client';
import { type FakeFederation, NOW, type Published } from './fake-federation.ts';

/** A portal over HTTP that says what a test makes it say: it checks nothing, so that lies can be told. */
export interface FakePortal {
  origin: string;
  /** Path and headers of every request, in order. */
  seen: { method: string; path: string; headers: IncomingMessage['headers'] }[];
  versions: Published[];
  grants: (ListedGrant & { grant_id: string })[];
  packages: Map<string, KeyPackage[]>;
  /** The portal's clock. */
  now: Date;
  /** Answers a path instead of the truth; undefined: the truth. */
  lie: ((path: string, response: ServerResponse, request: IncomingMessage) => boolean) | undefined;
  close(): Promise<void>;
}

const FILE = /^\/api\/v1\/datasets\/([^/]+)\/versions\/(\d+)\/resources\/([^/]+)\/(body|leaves|header)$/;
const VERSION = /^\/api\/v1\/datasets\/([^/]+)\/versions\/(\d+|latest)\/(manifest|evidence)$/;

/** Starts a fake portal on a free port of this machine. */
export async function startFakePortal(federation: FakeFederation): Promise<FakePortal> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const portal: FakePortal = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    versions: [],
    grants: [],
    packages: new Map(),
    now: NOW,
    lie: undefined,
    close: () => closeServer(server),
  };
  server.on('request', (request, response) => {
    const path = request.url ?? '';
    portal.seen.push({ method: request.method ?? '', path, headers: request.headers });
    request.resume();
    if (portal.lie?.(path, response, request) === true) return;
    answer(portal, federation, path, request, response).catch((error: unknown) => sendJson(response, 500, { title: String(error), status: 500 }));
  });
  return portal;
}

async function answer(portal: FakePortal, federation: FakeFederation, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = FILE.exec(path);
  const version = VERSION.exec(path);
  if (path === '/api/v1/portal') {
    return sendJson(response, 200, { portal_id: partyIdOf(federation.portal_keys), name: 'Portail', public_origin: portal.origin, key_sets: [federation.portal_keys], fingerprint: '', now: portal.now.toISOString() });
  }
  if (path.startsWith('/api/v1/log/consistency')) {
    const query = new URL(path, portal.origin).searchParams;
    return sendJson(response, 200, { path: await federation.log.consistency(Number(query.get('first')), Number(query.get('second'))) });
  }
  if (path.startsWith('/api/v1/datasets?') || path === '/api/v1/datasets') return sendJson(response, 200, { total: portal.versions.length, datasets: portal.versions.map(card), facets: {}, next: null });
  if (version !== null) {
    const own = portal.versions.filter((one) => one.manifest.dataset_id === version[1]);
    const found = version[2] === 'latest' ? own.at(-1) : own.find((one) => one.manifest.version === Number(version[2]));
    if (found === undefined) return sendJson(response, 404, { title: 'Not found', status: 404, code: 'not_found', detail: 'There is no such dataset.', request_id: 'r1' });
    return sendJson(response, 200, version[3] === 'manifest' ? found.statement : await federation.evidenceOf(found));
  }
  if (path === '/api/v1/grants') {
    return sendJson(response, 200, { grants: portal.grants.map(({ statement, ...rest }) => ({ grant: statement, ...rest })) });
  }
  const packages = /^\/api\/v1\/grants\/([^/]+)\/packages$/.exec(path);
  if (packages !== null) {
    const list = portal.packages.get(packages[1] ?? '') ?? [];
    return sendJson(response, 200, { packages: list.map(({ bytes, ...rest }) => ({ ...rest, package: encodeBase64url(bytes) })) });
  }
  if (file !== null) {
    const found = portal.versions.find((one) => one.manifest.dataset_id === file[1] && one.manifest.version === Number(file[2]));
    const stored = found?.stored.get(file[3] ?? '');
    if (stored === undefined) return sendJson(response, 404, { title: 'Not found', status: 404, code: 'not_found' });
    if (file[4] === 'leaves') return void response.writeHead(200).end(stored.leaves);
    if (file[4] === 'header') return void response.writeHead(200).end(stored.header);
    return sendBody(response, stored.body, request.headers.range);
  }
  sendJson(response, 404, { title: 'Not found', status: 404, code: 'not_found' });
}

/** Sends a body truthfully. */
export function sendBody(response: ServerResponse, body: Uint8Array, range: string | undefined): void {
  const from = range === undefined ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1]);
  const part = body.subarray(from);
  response.writeHead(range === undefined ? 200 : 206, {
    'content-length': part.length,
    ...(range === undefined ? {} : { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` }),
  });
  response.end(part);
}

/** Sends JSON; errors as problem documents. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
  response.end(JSON.stringify(value));
}

/** A consumer's grant and key package for a sealed file, in the portal's lists. */
export async function grantAccess(portal: FakePortal, federation: FakeFederation, consumer: ConsumerKeys, dataset_id: string, key: Parameters<FakeFederation['release']>[2]): Promise<string> {
  const grant = await federation.grant(consumer, dataset_id);
  portal.grants.push(grant);
  portal.packages.set(grant.grant_id, [await federation.release(consumer, grant.grant_id, key)]);
  return grant.grant_id;
}

function card({ manifest }: Published): Record<string, unknown> {
  const title = manifest.metadata.resource_title;
  return {
    dataset_id: manifest.dataset_id, title, lang: 'fr', synopsis: '', theme: null, keywords: [], producer: { producer_id: manifest.producer_id, name: 'Ville' },
    access: manifest.access, custody: manifest.custody, licence: null, formats: ['csv'], version: manifest.version, published_at: NOW.toISOString(), updated_at: NOW.toISOString(),
  };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
