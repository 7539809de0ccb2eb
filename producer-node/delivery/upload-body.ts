import type { PortalRow, PublicationFileRow } from '../db/tables.ts';
import { refusal } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { readAnswer } from './portal-answers.ts';
import { callPortal, type PortalAnswer, type PortalCall } from './portal-calls.ts';
import { PortalProblem } from './portal-problem.ts';

const PART_MAX_BYTES = 16 * 1024 * 1024;
/** How often an upload that ended under our hands is begun again before its version has to wait. */
const TRIES = 3;

/** A body on its way. */
export interface BodyUpload {
  portal: PortalRow;
  producer_id: string;
  file: PublicationFileRow;
  progress: (done: number, total: number) => void;
  alive: () => Promise<void>;
}

/**
 * Brings one body from the spool to the portal, in parts; parts that the portal has already are not sent again, so an interrupted
 * upload goes on where it was, and one that the portal has dropped begins anew. Resolves when the portal has recomputed the same root.
 * Throws PortalProblem, `portal_away`, `body_lost`.
 */
export async function uploadBody(node: ProducerNode, upload: BodyUpload): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await uploadOnce(node, upload);
    } catch (cause) {
      if (attempt >= TRIES || !(cause instanceof PortalProblem && cause.sendAgain)) throw cause;
    }
  }
}

async function uploadOnce(node: ProducerNode, o: BodyUpload): Promise<void> {
  const { portal, producer_id, file } = o;
  const { root, body_size, spool_name } = file;
  if (spool_name === null) return;
  const { json } = await callPortal(node, portal.url, { method: 'POST', path: '/api/v1/uploads', json: { producer_id, root, body_size } });
  const upload = readAnswer(json, portal.url);
  if (upload.text('state') === 'complete') return o.progress(body_size, body_size);
  if (!(await node.spool.has(spool_name))) throw refusal('body_lost', { name: file.name });

  const upload_id = encodeURIComponent(upload.text('upload_id'));
  const part_size = upload.integer('part_size');
  if (part_size < 1 || part_size > PART_MAX_BYTES) throw refusal('not_a_portal', { portal: portal.url, reason: `it asks for parts of ${part_size} bytes` });
  const done = new Set(upload.list('parts_done'));
  for (let part = 0; part * part_size < body_size; part += 1) {
    const end = Math.min(body_size, (part + 1) * part_size);
    if (!done.has(part)) {
      await o.alive();
      const bytes = await readPart(node, spool_name, part * part_size, end);
      await callUpload(node, portal, { method: 'PUT', path: `/api/v1/uploads/${upload_id}/parts/${part}`, bytes, timeout_seconds: 300 });
    }
    o.progress(end, body_size);
  }
  await o.alive();
  const complete = await callUpload(node, portal, { method: 'POST', path: `/api/v1/uploads/${upload_id}/complete`, json: {}, timeout_seconds: 300 });
  if (readAnswer(complete.json, portal.url).text('root') !== root) throw refusal('not_a_portal', { portal: portal.url, reason: 'it computed another root than ours' });
}

// An upload that ran out while this node was away is not found any more: it is as gone as one that says so.
async function callUpload(node: ProducerNode, portal: PortalRow, call: PortalCall): Promise<PortalAnswer> {
  try {
    return await callPortal(node, portal.url, call);
  } catch (cause) {
    if (!(cause instanceof PortalProblem) || cause.status !== 404) throw cause;
    const { status, code, detail, request_id } = cause;
    throw new PortalProblem({ status, code, detail, request_id, reason: 'upload_gone' });
  }
}

async function readPart(node: ProducerNode, spool_name: string, start: number, end: number): Promise<Uint8Array> {
  const part = new Uint8Array(end - start);
  let offset = 0;
  for await (const bytes of node.spool.read(spool_name, start, end)) {
    part.set(bytes, offset);
    offset += bytes.length;
  }
  if (offset !== part.length) throw refusal('internal', { reason: 'a body in the spool is shorter than it was' });
  return part;
}
