import { h } from 'preact';
import { followToken } from '../../access/asker.ts';
import { listAccessRequestsForMember } from '../../access/request-list-store.ts';
import { listMemberKeys } from '../../access/list-member-keys.ts';
import { listGrantsForMember } from '../../access/grant-list-store.ts';
import { withdrawAccessRequest } from '../../access/withdraw-access-request.ts';
import { getDataset } from '../../catalog/dataset-store.ts';
import { PortalError } from '../../errors.ts';
import { requireCsrf } from '../../http/same-origin.ts';
import { readForm } from '../../http/request-body.ts';
import { newRouter, type PortalRouter } from '../../http/request-context.ts';
import type { Member } from '../../parties/find-session.ts';
import { lastSeenOfNodes } from '../../parties/producer-store.ts';
import type { Portal } from '../../portal.ts';
import { addPage, answerPage, goOn, sessionOrSignIn, type Visit } from '../answer-page.ts';
import { type MeDone, MePage, WithdrawRequestPage } from '../pages/me.tsx';

const DONE: readonly MeDone[] = ['asked', 'withdrawn', 'ended'];

/** A person's own requests and what came of them. */
export function memberRoutes(portal: Portal): PortalRouter {
  const router = newRouter();
  addPage(router, 'get', '/me', (visit) => me(portal, visit));
  addPage(router, 'get', '/me/requests/:request_id/withdraw', async (visit) => {
    const session = sessionOrSignIn(visit);
    if (session !== undefined) answerPage(visit, h(WithdrawRequestPage, { page: visit.page, request: await ownRequest(portal, session.member, visit) }));
  });
  addPage(router, 'post', '/me/requests/:request_id/withdraw', (visit) => withdraw(portal, visit));
  return router;
}

async function me(portal: Portal, visit: Visit): Promise<void> {
  const session = sessionOrSignIn(visit);
  if (session === undefined) return;
  const { member } = session;
  const { now } = visit.page;
  const [requests, grants, consumers] = await Promise.all([listAccessRequestsForMember(portal.db, member), listGrantsForMember(portal.db, member, now), listMemberKeys(portal.db, member, now)]);
  const done = DONE.find((one) => one === visit.ctx.query['done']);
  const seen = await lastSeenOfNodes(portal.db, [...requests, ...grants].flatMap((one) => (one.custody === 'producer' ? [one.producer_id] : [])));
  const nodeSeen = ({ custody, producer_id }: { custody: string; producer_id: string }) => (custody === 'producer' ? { node_seen_at: seen.get(producer_id)?.toISOString() ?? null } : {});
  const shown = await Promise.all(grants.map(async (grant) => ({ ...grant, ...nodeSeen(grant), ready: grant.epochs.length > 0, files: grant.state === 'active' ? await sealedFiles(portal, member, grant.dataset_id) : [] })));
  answerPage(visit, h(MePage, { page: visit.page, email: member.email, requests: requests.map((request) => ({ ...request, ...nodeSeen(request), ...(request.state === 'draft' ? {} : { follow_path: `/access-requests/follow/${request.request_id}/${followToken(portal, request.request_id)}` }) })), grants: shown, consumers, done }));
}

async function sealedFiles(portal: Portal, member: Member, dataset_id: string): Promise<string[]> {
  try {
    const { resources } = await getDataset(portal.db, member, dataset_id);
    return resources.flatMap((resource) => (resource.kind === 'file' ? [resource.name] : []));
  } catch (error) {
    // The producer may be suspended: the access is still listed, without lines for its files.
    if (error instanceof PortalError && error.code === 'not_found') return [];
    throw error;
  }
}

async function withdraw(portal: Portal, visit: Visit): Promise<void> {
  const { member } = await requireCsrf(visit.ctx, await readForm(visit.ctx, []));
  const { request_id } = await ownRequest(portal, member, visit);
  let done: MeDone = 'withdrawn';
  try {
    await withdrawAccessRequest(portal, member, { request_id });
  } catch (error) {
    if (!(error instanceof PortalError && error.code === 'conflict')) throw error;
    done = 'ended';
  }
  goOn(visit.ctx, `/${visit.lang}/me?done=${done}`);
}

async function ownRequest(portal: Portal, member: Member, visit: Visit) {
  const requests = await listAccessRequestsForMember(portal.db, member);
  const found = requests.find((request) => request.request_id === visit.ctx.params['request_id']);
  if (found === undefined) throw new PortalError('not_found', 'There is no such request.');
  return found;
}
