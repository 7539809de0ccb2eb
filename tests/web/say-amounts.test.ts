import test from 'ava';
import { sayAgo, sayDate, sayDateTime, sayNumber, saySize } from '../../portal/web/say-amounts.ts';

/** Blanks that do not break, as plain ones. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, ' ');

test('dates are those of the territory, whatever the clock of the server', (t) => {
  t.is(sayDate('fr', '2026-11-23T23:30:00Z'), '24 novembre 2026');
  t.is(sayDate('en', '2026-11-23T23:30:00Z'), '24 November 2026');
  t.is(plain(sayDateTime('fr', '2026-07-01T10:00:00Z')), '1er juillet 2026 à 12:00');
});

test('the first of a month is the 1er in French', (t) => {
  t.is(sayDate('fr', '2026-02-01T12:00:00Z'), '1er février 2026');
  t.is(sayDate('fr', '2026-02-11T12:00:00Z'), '11 février 2026');
  t.is(sayDate('en', '2026-02-01T12:00:00Z'), '1 February 2026');
});

test('ages and delays are told in the largest unit that is full', (t) => {
  const now = new Date('2026-11-24T12:00:00Z');
  t.is(plain(sayAgo('fr', '2026-11-21T11:00:00Z', now)), 'il y a 3 jours');
  t.is(plain(sayAgo('fr', '2026-11-24T11:59:30Z', now)), 'maintenant');
  t.is(plain(sayAgo('en', '2027-01-25T12:00:00Z', now)), 'in 2 months');
});

test('sizes are decimal, as the file lists of systems have them', (t) => {
  t.is(plain(saySize('fr', 0)), '0 octet');
  t.is(plain(saySize('fr', 999)), '999 octets');
  t.is(plain(saySize('fr', 1000)), '1 ko');
  t.is(plain(saySize('fr', 209_715_200)), '210 Mo');
  t.is(plain(saySize('fr', 1_234_567)), '1,2 Mo');
  t.is(plain(saySize('en', 1_234_567)), '1.2 MB');
});

test('numbers are grouped as the language does', (t) => {
  t.is(plain(sayNumber('fr', 12_345)), '12 345');
  t.is(sayNumber('en', 12_345), '12,345');
});
