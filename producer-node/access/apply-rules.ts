import type { AccessRuleRow, PortalRow, ProducerRow } from '../db/tables.ts';
import { fetchAccessRequests } from '../delivery/portal-access.ts';
import { NodeError } from '../errors.ts';
import type { ProducerNode } from '../node.ts';
import { grantAccess } from './grant-access.ts';
import { judgeRequest, type JudgedRequest } from './judge-request.ts';
import { listRules } from './rule-store.ts';

/** What became of a request that waits: granted by a rule, left for a person, or refused evidence. */
export interface RuleOutcome {
  request_id: string;
  outcome: 'granted' | 'waits' | 'not_verified';
  /** For `not_verified`: why. */
  error?: NodeError;
}

const DAY_MS = 24 * 3600 * 1000;

/**
 * Reads the requests that wait, verifies each, and grants those that a rule of this node covers. A request whose evidence does not hold
 * stays undecided and is told, and so does one whose keys changed. Throws PortalProblem, `portal_away`.
 */
export async function applyRules(node: ProducerNode, o: { producer: ProducerRow; portal: PortalRow }): Promise<RuleOutcome[]> {
  const rules = await listRules(node.db, o.producer.producer_id);
  const outcomes: RuleOutcome[] = [];
  for (const line of await fetchAccessRequests(node, o.portal, o.producer.producer_id, 'submitted,approved')) {
    if (line.evidence === undefined) continue;
    const { request_id } = line;
    try {
      const request = await judgeRequest(node, { ...o, line });
      const rule = rules.find((one) => covers(one, request));
      if (rule === undefined) {
        outcomes.push({ request_id, outcome: 'waits' });
        continue;
      }
      const now = node.clock.now();
      const confirmation = request.pin?.confirmation ?? 'first_use';
      await grantAccess(node, { producer: o.producer, request, starts_at: now, ends_at: new Date(now.getTime() + rule.days * DAY_MS), history: false, confirmation, vouched_by: request.pin?.vouched_by ?? null, rule_id: rule.rule_id, note: null });
      outcomes.push({ request_id, outcome: 'granted' });
    } catch (cause) {
      // Somebody decided it here, or it is decided on the portal's page.
      if (cause instanceof NodeError && (cause.code === 'request_decided' || cause.code === 'decided_on_portal' || cause.code === 'dataset_unknown')) continue;
      if (!(cause instanceof NodeError)) throw cause;
      outcomes.push({ request_id, outcome: 'not_verified', error: cause });
    }
  }
  return outcomes;
}

/**
 * Whether a rule grants a request: its dataset, the domain of the address (which only the portal has confirmed), and keys that somebody
 * confirmed before, unless the rule takes keys at first use.
 */
export function covers(rule: AccessRuleRow, { line, pin }: Pick<JudgedRequest, 'line' | 'pin'>): boolean {
  if (rule.dataset_id !== null && rule.dataset_id !== line.dataset_id) return false;
  if (rule.mail_domain !== null && line.contact_email.slice(line.contact_email.lastIndexOf('@') + 1).toLowerCase() !== rule.mail_domain) return false;
  return rule.first_use || (pin !== undefined && pin.confirmation !== 'first_use');
}
