import test from 'ava';
import { compareHeads } from '../../producer-node/datasets/compare-heads.ts';
import { chooseEpoch, type KnownEpoch } from '../../producer-node/keys/choose-epoch.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const DAY = 24 * 3600 * 1000;

function known(o: Partial<KnownEpoch> = {}): KnownEpoch {
  return { epoch: 2, recipient: 'age1two', created_at: new Date(NOW.getTime() - 10 * DAY), spent: false, ...o };
}

const THERE = [
  { epoch: 1, recipient: 'age1one', spent: true },
  { epoch: 2, recipient: 'age1two', spent: false },
];

test('the content key in use stays while nothing speaks against it', (t) => {
  t.deepEqual(chooseEpoch({ current: known(), portal: THERE, custody_changed: false, now: NOW }), { kind: 'reuse', epoch: 2 });
  t.deepEqual(chooseEpoch({ current: known({ epoch: 1, recipient: 'age1one' }), portal: [], custody_changed: false, now: NOW }), { kind: 'reuse', epoch: 1 }, 'made here, not yet sent');
});

test('the first content key is number 1', (t) => {
  t.deepEqual(chooseEpoch({ current: undefined, portal: [], custody_changed: false, now: NOW }), { kind: 'new', epoch: 1, reason: 'first' });
});

test('a revocation, an expiry, 90 days or another custody begin a new epoch', (t) => {
  const choose = (current: KnownEpoch, o: { spent_there?: boolean; custody_changed?: boolean } = {}): unknown =>
    chooseEpoch({ current, portal: THERE.map((one) => (one.epoch === 2 ? { ...one, spent: o.spent_there ?? false } : one)), custody_changed: o.custody_changed ?? false, now: NOW });
  t.deepEqual(choose(known({ spent: true })), { kind: 'new', epoch: 3, reason: 'spent' });
  t.deepEqual(choose(known(), { spent_there: true }), { kind: 'new', epoch: 3, reason: 'spent' });
  t.deepEqual(choose(known(), { custody_changed: true }), { kind: 'new', epoch: 3, reason: 'custody' });
  t.deepEqual(choose(known({ created_at: new Date(NOW.getTime() - 90 * DAY) })), { kind: 'new', epoch: 3, reason: 'old' });
  t.deepEqual(choose(known({ created_at: new Date(NOW.getTime() - 90 * DAY + 1) })), { kind: 'reuse', epoch: 2 });
});

test('when nobody can say whether a key is spent, a new one is made', (t) => {
  t.deepEqual(chooseEpoch({ current: known(), portal: undefined, custody_changed: false, now: NOW }), { kind: 'new', epoch: 3, reason: 'portal_away' });
});

test('a number that the portal knows is never used for another key', (t) => {
  t.deepEqual(chooseEpoch({ current: undefined, portal: THERE, custody_changed: false, now: NOW }), { kind: 'new', epoch: 3, reason: 'unknown_here' });
  t.deepEqual(chooseEpoch({ current: known({ epoch: 1, recipient: 'age1one' }), portal: THERE, custody_changed: false, now: NOW }), { kind: 'new', epoch: 3, reason: 'unknown_here' });
  t.deepEqual(chooseEpoch({ current: known({ recipient: 'age1other' }), portal: THERE, custody_changed: false, now: NOW }), { kind: 'new', epoch: 3, reason: 'unknown_here' });
});

const head = (version: number, digest = `d${version}`): { version: number; digest: string } => ({ version, digest });

test('two histories agree, one goes on from the other, or they contradict each other', (t) => {
  t.is(compareHeads({ published: undefined, waiting: [], portal: undefined }), 'agree');
  t.is(compareHeads({ published: undefined, waiting: [head(1)], portal: undefined }), 'agree');
  t.is(compareHeads({ published: head(3), waiting: [], portal: head(3) }), 'agree');
  t.is(compareHeads({ published: head(3), waiting: [head(4), head(5)], portal: head(5) }), 'agree', 'an answer was lost');
  t.is(compareHeads({ published: undefined, waiting: [], portal: head(2) }), 'adopt', 'a restored node');
  t.is(compareHeads({ published: head(1), waiting: [], portal: head(3) }), 'adopt');
  t.is(compareHeads({ published: head(3), waiting: [], portal: undefined }), 'conflict', 'the portal forgot');
  t.is(compareHeads({ published: head(3), waiting: [], portal: head(2) }), 'conflict', 'the portal went back');
  t.is(compareHeads({ published: head(3), waiting: [], portal: head(3, 'other') }), 'conflict', 'other bytes');
  t.is(compareHeads({ published: head(3), waiting: [head(4)], portal: head(4, 'other') }), 'conflict');
});
