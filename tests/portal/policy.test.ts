import test from 'ava';
import { type Action, may, requireMay } from '../../portal/policy.ts';
import type { Caller } from '../../portal/portal.ts';

const RENNES = 'producer-rennes';
const VITRE = 'producer-vitre';
const member = (o: { operator?: boolean; officer_of?: string[]; member_id?: string } = {}): Caller => ({
  kind: 'member',
  member_id: o.member_id ?? 'm1',
  email: 'a@example.org',
  name: 'A',
  language: 'fr',
  operator: o.operator ?? false,
  officer_of: o.officer_of ?? [],
  stepped_up_at: null,
});
const CAST: Record<string, Caller> = {
  anonymous: { kind: 'anonymous' },
  command_line: { kind: 'command_line' },
  operator: member({ operator: true }),
  officer: member({ officer_of: [RENNES] }),
  citizen: member(),
  node: { kind: 'node', kid: 'k', producer_ids: [RENNES] },
  consumer: { kind: 'consumer', kid: 'k', consumer_id: 'c1', role: 'identity' },
  application: { kind: 'consumer', kid: 'k', consumer_id: 'c1', role: 'application' },
};

const WHO: Record<Action, string[]> = {
  invite_producer: ['command_line', 'operator'],
  decide_enrolment: ['command_line', 'operator'],
  create_operator: ['command_line', 'operator'],
  reset_passkeys: ['command_line', 'operator'],
  publish: ['node'],
  upload: ['node'],
  report_heads: ['node'],
  read_producer_work: ['node'],
  decide_at_node: ['node'],
  decide_access: ['officer'],
  read_producer_inbox: ['officer'],
  revoke_grant: ['officer', 'node'],
  // Without an account and without a key one may ask; the address is confirmed by mail.
  ask_access: ['anonymous', 'operator', 'officer', 'citizen', 'consumer'],
  read_own_access: ['operator', 'officer', 'citizen', 'consumer', 'application'],
  withdraw_own_request: ['operator', 'officer', 'citizen', 'consumer'],
};

test('who may do what, for their own', (t) => {
  for (const [action, allowed] of Object.entries(WHO)) {
    for (const [name, caller] of Object.entries(CAST)) {
      const subject = { producer_id: RENNES, consumer_id: 'c1', member_id: 'm1' };
      t.is(may(caller, action as Action, subject), allowed.includes(name), `${name} ${action}`);
    }
  }
});

test('nobody may do anything with what is another’s, or with nothing', (t) => {
  const others: Action[] = ['publish', 'upload', 'report_heads', 'read_producer_work', 'decide_at_node', 'decide_access', 'read_producer_inbox', 'revoke_grant', 'read_own_access', 'withdraw_own_request'];
  for (const action of others) {
    for (const [name, caller] of Object.entries(CAST)) {
      t.false(may(caller, action, { producer_id: VITRE, consumer_id: 'c2', member_id: 'm2' }), `${name} ${action}`);
      t.false(may(caller, action, {}), `${name} ${action} of nothing`);
      t.false(may(caller, action, { consumer_id: null, member_id: null }));
    }
  }
});

test('a stranger is asked to sign in, others are refused, and a hidden thing is absent', (t) => {
  t.like(t.throws(() => requireMay({ kind: 'anonymous' }, 'publish')), { code: 'unauthenticated' });
  t.like(t.throws(() => requireMay(member(), 'decide_access', { producer_id: RENNES })), { code: 'forbidden' });
  t.like(t.throws(() => requireMay(member(), 'decide_access', { producer_id: RENNES }, { hidden: true })), { code: 'not_found' });
  t.notThrows(() => requireMay(member({ officer_of: [RENNES] }), 'decide_access', { producer_id: RENNES }));
});
