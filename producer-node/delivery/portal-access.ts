import { parseGrant } from '#catalog-schema';
import { readUnverifiedPayload, statementDigest } from '#crypto';
import type { PortalRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { readAnswer } from './portal-answers.ts';
import { callPortal } from './portal-calls.ts';
import { PortalProblem } from './portal-problem.ts';

/** 500 entries each. */
const PAGES_MAX = 200;

/** Somebody's request for access, as the portal tells it; only `evidence` can be verified. */
export interface AccessRequestLine {
  request_id: string;
  dataset_id: string;
  title: string;
  state: string;
  purpose: string;
  contact_name: string;
  contact_email: string;
  organisation: string;
  fingerprint: string;
  created_at: string;
  /** Until when it was agreed to in principle; empty when it was not. */
  approved_ends_at: string;
  /** What somebody proposed on the portal's page, as the portal tells it. */
  proposal: { decision: string; by: string; at: string; ends_at: string; note: string } | undefined;
  /** The signed request and the key sets of whoever signed; undefined as long as no key did. */
  evidence: { request: unknown; key_sets: readonly unknown[] } | undefined;
}

/** A grant as the portal tells it, with the digest that a revocation names. */
export interface GrantLine {
  grant_id: string;
  grant_sha256: string;
  producer_id: string;
  dataset_id: string;
  consumer_id: string;
  /** The consumer's key sets as the portal shows them, unverified; none where it shows one grant only. */
  key_sets: readonly unknown[];
  title: string;
  who: string;
  state: string;
  starts_at: string;
  ends_at: string;
}

/** The access requests for a producer's datasets. Throws PortalProblem, `portal_away`. */
export async function fetchAccessRequests(node: ProducerNode, portal: PortalRow, producer_id: string, state: string | undefined): Promise<AccessRequestLine[]> {
  const entries = await fetchList(node, portal, { path: `/api/v1/producers/${producer_id}/access-requests`, member: 'access_requests', ...(state === undefined ? {} : { state }) });
  return entries.map((entry) => readRequest(entry, portal.url));
}

/**
 * One request for a producer's datasets, or undefined when the portal knows none of this identifier. Throws PortalProblem, `portal_away`,
 * `not_a_portal` when it answers with another request.
 */
export async function fetchAccessRequest(node: ProducerNode, portal: PortalRow, producer_id: string, request_id: string): Promise<AccessRequestLine | undefined> {
  try {
    const { json } = await callPortal(node, portal.url, { method: 'GET', path: `/api/v1/producers/${producer_id}/access-requests/${request_id}` });
    const line = readRequest(json, portal.url);
    if (line.request_id !== request_id) throw refusal('not_a_portal', { portal: portal.url, reason: 'it shows another request than was asked for' });
    return line;
  } catch (cause) {
    if (cause instanceof PortalProblem && cause.status === 404) return undefined;
    throw cause;
  }
}

function readRequest(entry: unknown, portal: string): AccessRequestLine {
  const line = readAnswer(entry, portal);
  const contact = readContact(line.raw('contact'), portal);
  const [request, key_sets] = [line.raw('request'), line.raw('consumer_key_sets')];
  return {
    request_id: line.text('request_id'),
    dataset_id: line.text('dataset_id'),
    title: line.optionalText('title'),
    state: line.text('state'),
    purpose: line.optionalText('purpose'),
    contact_name: contact.name,
    contact_email: contact.email,
    organisation: contact.organisation,
    fingerprint: line.optionalText('fingerprint'),
    created_at: line.optionalText('created_at'),
    approved_ends_at: line.optionalText('approved_ends_at'),
    proposal: readProposal(line.raw('proposal'), portal),
    evidence: request === null || request === undefined ? undefined : { request, key_sets: Array.isArray(key_sets) ? key_sets : [] },
  };
}

function readProposal(value: unknown, portal: string): AccessRequestLine['proposal'] {
  if (value === null || value === undefined) return undefined;
  const line = readAnswer(value, portal);
  return { decision: line.optionalText('decision'), by: line.optionalText('by'), at: line.optionalText('at'), ends_at: line.optionalText('ends_at'), note: line.optionalText('note') };
}

/** The grants on a producer's datasets. Throws PortalProblem, `portal_away`, SchemaError. */
export async function fetchGrants(node: ProducerNode, portal: PortalRow, producer_id: string): Promise<GrantLine[]> {
  const entries = await fetchList(node, portal, { path: `/api/v1/producers/${producer_id}/grants`, member: 'grants' });
  return entries.map((entry) => readGrant(entry, portal.url));
}

/**
 * One grant on a producer's datasets, whatever their number, or undefined when the portal knows none of this identifier. Throws
 * PortalProblem, `portal_away`, SchemaError, `not_a_portal` when it answers with another grant.
 */
export async function fetchGrant(node: ProducerNode, portal: PortalRow, producer_id: string, grant_id: string): Promise<GrantLine | undefined> {
  try {
    const { json } = await callPortal(node, portal.url, { method: 'GET', path: `/api/v1/grants/${grant_id}` });
    const grant = readGrant(json, portal.url);
    // What is signed next names this grant by its digest: it has to be the one that was asked for.
    if (grant.grant_id !== grant_id) throw refusal('not_a_portal', { portal: portal.url, reason: 'it shows another grant than was asked for' });
    // A node is also shown the grants of the other producers that it serves.
    return grant.producer_id === producer_id ? grant : undefined;
  } catch (cause) {
    if (cause instanceof PortalProblem && cause.status === 404) return undefined;
    throw cause;
  }
}

function readGrant(entry: unknown, portal: string): GrantLine {
  const line = readAnswer(entry, portal);
  const statement = line.raw('grant');
  const grant = parseGrant(readUnverifiedPayload(statement));
  const contact = readContact(line.raw('contact'), portal);
  const key_sets = line.raw('consumer_key_sets');
  const who = [contact.name, contact.organisation].filter((text) => text !== '').join(', ');
  return {
    grant_id: grant.grant_id,
    grant_sha256: statementDigest(statement),
    producer_id: grant.producer_id,
    dataset_id: grant.dataset_id,
    consumer_id: grant.consumer_id,
    key_sets: Array.isArray(key_sets) ? key_sets : [],
    title: line.optionalText('title'),
    who: who === '' ? grant.consumer_id : who,
    state: line.text('state'),
    starts_at: grant.starts_at,
    ends_at: grant.ends_at,
  };
}

/** All pages of a list. */
async function fetchList(node: ProducerNode, portal: PortalRow, list: { path: string; member: string; state?: string }): Promise<unknown[]> {
  const entries: unknown[] = [];
  let cursor = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = new URLSearchParams({ ...(list.state === undefined ? {} : { state: list.state }), ...(cursor === '' ? {} : { cursor }) }).toString();
    const { json } = await callPortal(node, portal.url, { method: 'GET', path: `${list.path}${query === '' ? '' : `?${query}`}` });
    const answer = readAnswer(json, portal.url);
    entries.push(...answer.list(list.member));
    cursor = answer.optionalText('next');
    if (cursor === '') return entries;
  }
  throw refusal('not_a_portal', { portal: portal.url, reason: `its list does not end after ${PAGES_MAX} pages` });
}

function readContact(value: unknown, portal: string): { name: string; email: string; organisation: string } {
  const contact = readAnswer(typeof value === 'object' && value !== null ? value : {}, portal);
  return { name: contact.optionalText('name'), email: contact.optionalText('email'), organisation: contact.optionalText('organisation') };
}
