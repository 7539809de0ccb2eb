import test from 'ava';
import nodemailer from 'nodemailer';
import { startMailServer } from './mail-server.ts';

test('a mail sent by nodemailer is read back with its text and links', async (t) => {
  const server = await startMailServer();
  t.teardown(server.stop);
  const sender = nodemailer.createTransport(server.url);
  const link = 'https://localhost:8080/sign-in?code=abc-DEF_123&next=%2Fdatasets';
  await sender.sendMail({
    from: 'Portail <portail@example.org>',
    to: 'chloé@example.org, second@example.org',
    subject: 'Votre accès à « Élèves par école » est accordé, et ce sujet est assez long pour être coupé en deux',
    text: `Bonjour Chloé,\n\nOuvrez ${link}.\n\n${'Une ligne assez longue pour être coupée. '.repeat(5)}\n`,
    html: `<p>Bonjour, <a href="${link.replace('&', '&amp;')}">ouvrez</a></p>`,
  });
  const mail = await server.nextMail('second@example.org');
  t.is(mail.from, 'portail@example.org');
  t.is(mail.subject, 'Votre accès à « Élèves par école » est accordé, et ce sujet est assez long pour être coupé en deux');
  t.true(mail.text.includes('Bonjour Chloé,'));
  t.true(mail.text.includes('Une ligne assez longue pour être coupée. '.repeat(5).trim()));
  t.deepEqual(mail.links, [link]);
  t.true(mail.html.includes('<p>Bonjour'));
});

test('a plain mail without parts, and the next one, come in turn', async (t) => {
  const server = await startMailServer();
  t.teardown(server.stop);
  const sender = nodemailer.createTransport(server.url);
  const first = server.nextMail('lea@example.org');
  await sender.sendMail({ from: 'a@example.org', to: 'lea@example.org', subject: 'one', text: 'Code 123456' });
  await sender.sendMail({ from: 'a@example.org', to: 'lea@example.org', subject: 'two', text: 'été' });
  t.is((await first).text.trim(), 'Code 123456');
  t.is((await server.nextMail('lea@example.org')).text.trim(), 'été');
  await t.throwsAsync(server.nextMail('lea@example.org', undefined, 0.1), { message: /received: .*two/ });
});

test('a refused mail is refused to the sender', async (t) => {
  const server = await startMailServer();
  t.teardown(server.stop);
  server.refuse({ text: 'mailbox full', temporary: true });
  const sender = nodemailer.createTransport(server.url);
  const error = await t.throwsAsync(sender.sendMail({ from: 'a@example.org', to: 'lea@example.org', subject: 'x', text: 'y' }));
  t.regex(String(error?.message), /mailbox full/);
  t.is(server.mails.length, 0);
});
