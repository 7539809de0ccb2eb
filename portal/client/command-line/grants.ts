import type { Command } from 'commander';
import type { ListedGrant } from '../access/list-grants.ts';
import { grantPolicy } from '../access/obtain-content-key.ts';
import { type GrantPolicy, verifyGrant } from '../access/verify-grant.ts';
import type { Client } from '../client.ts';
import { ClientError } from '../errors.ts';
import { verifyDataset } from '../evidence/fetch-evidence.ts';
import { followLog } from '../trust/follow-log.ts';
import { meetPortal } from '../trust/meet-portal.ts';
import type { SeenCheckpoint } from '../trust/pins.ts';
import { exitCodeOf } from './exit-code.ts';
import type { Run } from './program.ts';
import { dayIn, type Session } from './session.ts';

interface GrantRow {
  grant_id: string | null;
  dataset_id: string;
  title: string;
  state: 'active' | 'suspended' | 'revoked' | 'expired';
  starts_at: string;
  ends_at: string;
  epochs: number[];
  verified: boolean;
  /** Why it did not verify. */
  refusal: string | null;
}

/** `sceau grants`: what the consumer was granted, each verified. */
export function addGrants(program: Command, run: Run): void {
  const { say } = run;
  run.explain(program.command('grants').description(say('help.grants')), ['sceau grants']).action(() =>
    run.inSession(async (session) => {
      const client = await session.client();
      const portal = await meetPortal(client);
      const seen: SeenCheckpoint[] = [];
      const policies = new Map<string, GrantPolicy | ClientError>();
      const grants: GrantRow[] = [];
      for (const listed of await client.grants()) {
        const policy = policies.get(listed.dataset_id) ?? (await policyFor(client, listed.dataset_id));
        policies.set(listed.dataset_id, policy);
        grants.push(rowOf(listed, policy, seen));
      }
      await followLog(client, portal.portal_id, seen);
      if (session.json) {
        session.result({ grants });
        return;
      }
      if (grants.length === 0) session.note(session.say('grants.none'));
      for (const grant of grants) for (const line of grantLines(session, grant)) session.line(line);
    }),
  );
}

// Who may grant stands in the producer's manifest, so the dataset is verified first; where it does not verify, none of its grants does.
async function policyFor(client: Client, dataset_id: string): Promise<GrantPolicy | ClientError> {
  try {
    return await grantPolicy(client, await verifyDataset(client, dataset_id));
  } catch (error) {
    if (error instanceof ClientError && isAboutDataset(error)) return error;
    throw error;
  }
}

// A rewritten log concerns everything and stops everything, as a portal that does not answer does.
function isAboutDataset({ code }: ClientError): boolean {
  return code === 'not_found' || (exitCodeOf(code) === 5 && code !== 'log_forked');
}

function rowOf(listed: ListedGrant, policy: GrantPolicy | ClientError, seen: SeenCheckpoint[]): GrantRow {
  const { dataset_id, title, state, epochs } = listed;
  try {
    if (policy instanceof ClientError) throw policy;
    const { grant, checkpoint } = verifyGrant(listed.statement, listed.act, policy);
    if (!seen.some(({ size, root }) => size === checkpoint.size && root === checkpoint.root)) seen.push(checkpoint);
    return { grant_id: grant.grant_id, dataset_id, title, state, starts_at: grant.starts_at, ends_at: grant.ends_at, epochs, verified: true, refusal: null };
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    return { grant_id: null, dataset_id, title, state, starts_at: listed.starts_at, ends_at: listed.ends_at, epochs, verified: false, refusal: error.code };
  }
}

function grantLines(session: Session, grant: GrantRow): string[] {
  const { say, language } = session;
  const state = grant.state === 'active' ? say('state.grant_active') : grant.state === 'suspended' ? say('state.suspended') : grant.state === 'revoked' ? say('state.revoked') : say('state.grant_expired');
  const keys = grant.epochs.length === 0 ? say('grants.no_epochs') : say('grants.epochs', { epochs: grant.epochs.join(', ') });
  const lines = [grant.title, `  ${grant.dataset_id}`, `  ${state} · ${say('grants.until', { date: dayIn(language, grant.ends_at) })} · ${keys}`];
  if (grant.refusal !== null) lines.push(`  ✗ ${say('grants.unverified', { why: grant.refusal })}`);
  return lines;
}
