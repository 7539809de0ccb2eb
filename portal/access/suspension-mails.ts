import { mailLanguage, type MailText } from '../parties/mail-texts.ts';
import type { Portal } from '../portal.ts';
import type { MailSubject, ToldDecision } from './access-mails.ts';

type Site = Pick<Portal, 'config'>;

/** To whoever has the access: it is closed for now, and nothing is asked of them. */
export function suspendedMail({ config }: Site, o: MailSubject): MailText {
  return mailLanguage(o.language) === 'en'
    ? { subject: `Access suspended: "${o.title}"`, text_body: `Hello,\n\n${o.producer_name} suspended your access to "${o.title}" while it looks into how it was granted. You need not do anything: you will be told whether it opens again or ends.\n\nYour accesses: ${config.public_origin}/en/me\n` }
    : { subject: `Accès suspendu : « ${o.title} »`, text_body: `Bonjour,\n\n${o.producer_name} a suspendu votre accès à « ${o.title} » le temps de vérifier comment il a été accordé. Vous n’avez rien à faire : vous saurez s’il est rétabli ou s’il prend fin.\n\nVos accès : ${config.public_origin}/fr/me\n` };
}

/** To whoever has the access: it is open again. */
export function liftedMail({ config }: Site, o: MailSubject): MailText {
  return mailLanguage(o.language) === 'en'
    ? { subject: `Access open again: "${o.title}"`, text_body: `Hello,\n\n${o.producer_name} has looked into your access to "${o.title}": it is open again, as before.\n\nYour accesses: ${config.public_origin}/en/me\n` }
    : { subject: `Accès rétabli : « ${o.title} »`, text_body: `Bonjour,\n\n${o.producer_name} a vérifié votre accès à « ${o.title} » : il est rétabli, comme avant.\n\nVos accès : ${config.public_origin}/fr/me\n` };
}

/** To the officers: one of them lifted the suspension. */
export function officersLiftedMail({ config }: Site, o: { language: string; title: string; contact_name: string; by: string }): MailText {
  return mailLanguage(o.language) === 'en'
    ? { subject: `"${o.title}": the access of ${o.contact_name} is open again`, text_body: `Hello,\n\n${o.by} lifted the suspension of the access of ${o.contact_name} to "${o.title}".\n\nIf that is not right, stop the access here:\n${config.public_origin}/en/officer\n` }
    : { subject: `« ${o.title} » : l’accès de ${o.contact_name} est rétabli`, text_body: `Bonjour,\n\n${o.by} a levé la suspension de l’accès de ${o.contact_name} à « ${o.title} ».\n\nSi ce n’est pas ce qu’il faut, arrêtez l’accès ici :\n${config.public_origin}/fr/officer\n` };
}

/** To every officer and operator: somebody says that a decision was not theirs. */
export function alarmMail({ config }: Site, o: { language: string; title: string; producer_name: string; contact_name: string; decision: Exclude<ToldDecision, 'expired'>; by: string; raised_by: string; outcome: 'suspended' | 'already_suspended' | 'nothing_open' }): MailText {
  if (mailLanguage(o.language) === 'en') {
    const what = { approved: 'granted access', in_principle: 'agreed in principle', refused: 'refused', revoked: 'ended the access', proposed_approval: 'proposed to grant access', proposed_refusal: 'proposed to refuse' }[o.decision];
    const outcome = { suspended: 'The access is suspended: nothing more is handed out.', already_suspended: 'The access was suspended already.', nothing_open: 'Nothing is open now.' }[o.outcome];
    return {
      subject: `"This was not us": ${o.producer_name}, "${o.title}"`,
      text_body: `Hello,\n\nthe link mailed to ${o.raised_by} was used to say that this decision was not made by an officer of ${o.producer_name}:\n\n${o.by} ${what}, for ${o.contact_name} and "${o.title}".\n\n${outcome}\n\nOfficers: talk to each other, then open the access again or stop it for good:\n${config.public_origin}/en/officer\n\nOperators: call ${o.producer_name} at a number you know. If somebody decided in an officer's name, remove that officer's passkeys, which ends their sessions:\n${config.public_origin}/en/operator\n`,
    };
  }
  const what = { approved: 'a accordé l’accès', in_principle: 'a donné un accord de principe', refused: 'a refusé', revoked: 'a mis fin à l’accès', proposed_approval: 'a proposé d’accorder l’accès', proposed_refusal: 'a proposé de refuser' }[o.decision];
  const outcome = { suspended: 'L’accès est suspendu : plus rien n’est remis.', already_suspended: 'L’accès était déjà suspendu.', nothing_open: 'Rien n’est ouvert en ce moment.' }[o.outcome];
  return {
    subject: `« Ce n’était pas nous » : ${o.producer_name}, « ${o.title} »`,
    text_body: `Bonjour,\n\nle lien envoyé à ${o.raised_by} a servi à dire que cette décision ne vient pas d’un agent de ${o.producer_name} :\n\n${o.by} ${what}, pour ${o.contact_name} et « ${o.title} ».\n\n${outcome}\n\nAgents : parlez-vous, puis rétablissez l’accès ou arrêtez-le pour de bon :\n${config.public_origin}/fr/officer\n\nOpérateurs : appelez ${o.producer_name} à un numéro que vous connaissez. Si quelqu’un a décidé au nom d’un agent, retirez les passkeys de cet agent, ce qui ferme ses sessions :\n${config.public_origin}/fr/operator\n`,
  };
}
