import test from 'ava';
import { openMailRoom } from '../../../portal/parties/send-mails.ts';
import { queueMail } from '../../../portal/parties/queue-mail.ts';
import { createClock } from '../../support/clock.ts';
import { startMailServer } from '../../support/mail-server.ts';
import { testPortal } from '../../support/portal.ts';

test('a mail leaves once, with its text erased behind it', async (t) => {
  const server = await startMailServer();
  t.teardown(() => server.stop());
  const portal = await testPortal(t);
  const room = openMailRoom(portal.portal, server.url);
  t.teardown(async () => room.close());
  await queueMail(portal.portal.db, portal.portal, { to_email: 'nadia@example.org', subject: 'Réponse à\r\nBcc: x', text_body: 'Bonjour é\n' });
  t.is(await room.sendMails(), 1);
  t.is(await room.sendMails(), 0);
  const [mail] = server.mails;
  t.deepEqual(mail?.to, ['nadia@example.org']);
  t.is(mail?.subject, 'Réponse à Bcc: x', 'a line end in a subject makes no header');
  t.is(mail?.text.trim(), 'Bonjour é');
  const row = await portal.portal.db.selectFrom('mail').selectAll().executeTakeFirstOrThrow();
  t.like(row, { state: 'sent', text_body: '', attempts: 1 });
});

test('a mail in a transaction that fails never leaves', async (t) => {
  const portal = await testPortal(t);
  await t.throwsAsync(
    portal.portal.db.transaction().execute(async (trx) => {
      await queueMail(trx, portal.portal, { to_email: 'a@example.org', subject: 'x', text_body: 'x' });
      throw new Error('no');
    }),
  );
  t.deepEqual(await portal.mails(), []);
});

test('several portals share the outbox without sending twice', async (t) => {
  const server = await startMailServer();
  t.teardown(() => server.stop());
  const portal = await testPortal(t);
  const rooms = [1, 2, 3].map(() => openMailRoom(portal.portal, server.url));
  t.teardown(async () => rooms.forEach((room) => room.close()));
  for (let count = 0; count < 12; count += 1) await queueMail(portal.portal.db, portal.portal, { to_email: `a${count}@example.org`, subject: 's', text_body: 't' });
  await Promise.all(rooms.map((room) => room.sendMails()));
  for (const room of rooms) await room.sendMails();
  t.is(server.mails.length, 12);
  t.is(new Set(server.mails.flatMap((mail) => mail.to)).size, 12);
});

test('a mail server that is away is asked again later, for two days', async (t) => {
  const clock = createClock('2026-03-01T09:00:00Z');
  const portal = await testPortal(t, { clock });
  const room = openMailRoom(portal.portal, 'smtp://127.0.0.1:1');
  t.teardown(async () => room.close());
  await queueMail(portal.portal.db, portal.portal, { to_email: 'a@example.org', subject: 's', text_body: 'secret' });
  t.is(await room.sendMails(), 0);
  const row = async () => portal.portal.db.selectFrom('mail').selectAll().executeTakeFirstOrThrow();
  t.like(await row(), { state: 'waiting', attempts: 1 });
  t.is(await room.sendMails(), 0);
  t.is((await row()).attempts, 1, 'not before its time');
  for (let turn = 0; turn < 20; turn += 1) {
    clock.advance(6 * 3600);
    await room.sendMails();
  }
  t.like(await row(), { state: 'failed', attempts: 12, text_body: '' });
});
