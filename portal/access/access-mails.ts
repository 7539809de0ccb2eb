import { mailLanguage, type MailText } from '../parties/mail-texts.ts';
import type { Portal } from '../portal.ts';

/** What every mail about access names. */
export interface MailSubject {
  language: string;
  request_id: string;
  dataset_id: string;
  title: string;
  producer_name: string;
}

type Site = Pick<Portal, 'config'>;

/** To the asker: confirm that the address is theirs, by link or code. */
export function confirmRequestMail(portal: Site, o: MailSubject & { token: string; code: string; minutes: number }): MailText {
  const link = address(portal, o.language, `access-requests/confirm/${o.token}`);
  return mailLanguage(o.language) === 'en'
    ? {
        subject: `Confirm your request for "${o.title}"`,
        text_body: `Hello,

somebody, you we hope, asked ${o.producer_name} for access to "${o.title}" and gave this address.

Open this link and press the button:
${link}

At the command line, type this code instead:
${o.code}

Both work once, for ${o.minutes} minutes. ${o.producer_name} hears of the request only then. If it was not you, there is nothing to do.
`,
      }
    : {
        subject: `Confirmez votre demande pour « ${o.title} »`,
        text_body: `Bonjour,

quelqu’un, vous nous l’espérons, a demandé à ${o.producer_name} l’accès à « ${o.title} » et a donné cette adresse.

Ouvrez ce lien et appuyez sur le bouton :
${link}

À la ligne de commande, tapez plutôt ce code :
${o.code}

Le lien et le code servent une seule fois, pendant ${o.minutes} minutes. ${o.producer_name} n’apprend votre demande qu’à ce moment. Si ce n’était pas vous, il n’y a rien à faire.
`,
      };
}

/** To each officer: somebody asks. */
export function newRequestMail(portal: Site, o: MailSubject & { contact_name: string; organisation: string; at_node: boolean }): MailText {
  const link = address(portal, o.language, `officer/requests/${o.request_id}`);
  const who = o.organisation === '' ? o.contact_name : `${o.contact_name} (${o.organisation})`;
  return mailLanguage(o.language) === 'en'
    ? { subject: `Request for "${o.title}"`, text_body: `Hello,\n\n${who} asks for access to "${o.title}". ${o.at_node ? 'Read the purpose here; the decision is taken at your node (sceau-node requests)' : 'Read the purpose and decide here'}:\n${link}\n` }
    : { subject: `Demande d’accès à « ${o.title} »`, text_body: `Bonjour,\n\n${who} demande l’accès à « ${o.title} ». ${o.at_node ? 'Lisez ici l’usage annoncé ; la décision se prend sur votre nœud (sceau-node requests)' : 'Lisez l’usage annoncé et décidez ici'} :\n${link}\n` };
}

/** To each officer: the asker's key has come, and a person has to compare it. */
export function keyAttachedMail(portal: Site, o: MailSubject & { contact_name: string }): MailText {
  const link = address(portal, o.language, `officer/requests/${o.request_id}`);
  return mailLanguage(o.language) === 'en'
    ? { subject: `Compare the digits of ${o.contact_name}`, text_body: `Hello,\n\n${o.contact_name} has connected a computer to the request for "${o.title}". Nothing opens before you have compared its thirty digits with them, by a telephone number that you know from elsewhere:\n${link}\n` }
    : { subject: `Comparez les chiffres de ${o.contact_name}`, text_body: `Bonjour,\n\n${o.contact_name} a associé un ordinateur à la demande d’accès à « ${o.title} ». Rien ne s’ouvre avant que vous ayez comparé ses trente chiffres avec cette personne, à un numéro de téléphone que vous connaissez par ailleurs :\n${link}\n` };
}

/** To the asker: a key was attached to their request; if it was somebody else's, they say so. */
export function yourKeyMail(_portal: Site, o: MailSubject & { fingerprint: string }): MailText {
  return mailLanguage(o.language) === 'en'
    ? { subject: `A computer was connected to your request for "${o.title}"`, text_body: `Hello,\n\na computer was connected to your request for "${o.title}". Its digits:\n\n${o.fingerprint}\n\n${o.producer_name} will ask you to read them out. If your computer shows others, or if you connected none, tell them: somebody else would receive the data.\n` }
    : { subject: `Un ordinateur a été associé à votre demande pour « ${o.title} »`, text_body: `Bonjour,\n\nun ordinateur a été associé à votre demande d’accès à « ${o.title} ». Ses chiffres :\n\n${o.fingerprint}\n\n${o.producer_name} vous demandera de les lire. Si votre ordinateur en montre d’autres, ou si vous n’en avez associé aucun, dites-le : quelqu’un d’autre recevrait les données.\n` };
}

/** To the asker: approved in principle, a key is missing. */
export function awaitingKeyMail(portal: Site, o: MailSubject & { note: string | null }): MailText {
  const lines = `  export SCEAU_PORTAL=${portal.config.public_origin}\n  sceau keygen\n  sceau ask ${o.dataset_id} --request ${o.request_id}\n`;
  const link = address(portal, o.language, 'me');
  return mailLanguage(o.language) === 'en'
    ? { subject: `Agreed in principle: "${o.title}"`, text_body: `Hello,\n\n${o.producer_name} agrees in principle to give you access to "${o.title}".${said(o.note, 'Their answer')}\n\nThe data are sealed for one computer, so yours has to be connected now. On it, run:\n\n${lines}\nIt shows thirty digits, which ${o.producer_name} will compare with you. Your requests: ${link}\n` }
    : { subject: `Accord de principe : « ${o.title} »`, text_body: `Bonjour,\n\n${o.producer_name} accepte en principe de vous donner accès à « ${o.title} ».${said(o.note, 'Sa réponse')}\n\nLes données sont scellées pour un ordinateur précis : il faut maintenant associer le vôtre. Lancez dessus :\n\n${lines}\nIl affiche trente chiffres, que ${o.producer_name} comparera avec vous. Vos demandes : ${link}\n` };
}

/** To the asker: granted. */
export function grantedMail(portal: Site, o: MailSubject & { note: string | null; ends_at: string }): MailText {
  const lines = `  export SCEAU_PORTAL=${portal.config.public_origin}\n  sceau open ${o.dataset_id}\n`;
  const until = o.ends_at.slice(0, 10);
  return mailLanguage(o.language) === 'en'
    ? { subject: `Access granted: "${o.title}"`, text_body: `Hello,\n\n${o.producer_name} grants you access to "${o.title}" until ${until}.${said(o.note, 'Their answer')}\n\nOn the computer that you connected, run:\n\n${lines}\nYour accesses: ${address(portal, o.language, 'me')}\n` }
    : { subject: `Accès accordé : « ${o.title} »`, text_body: `Bonjour,\n\n${o.producer_name} vous donne accès à « ${o.title} » jusqu’au ${until}.${said(o.note, 'Sa réponse')}\n\nSur l’ordinateur que vous avez associé, lancez :\n\n${lines}\nVos accès : ${address(portal, o.language, 'me')}\n` };
}

/** To the asker: refused, with the officer's words. */
export function refusedMail(portal: Site, o: MailSubject & { note: string | null }): MailText {
  return mailLanguage(o.language) === 'en'
    ? { subject: `Request refused: "${o.title}"`, text_body: `Hello,\n\n${o.producer_name} refuses your request for "${o.title}".${said(o.note, 'Their answer')}\n\nYour requests: ${address(portal, o.language, 'me')}\n` }
    : { subject: `Demande refusée : « ${o.title} »`, text_body: `Bonjour,\n\n${o.producer_name} refuse votre demande d’accès à « ${o.title} ».${said(o.note, 'Sa réponse')}\n\nVos demandes : ${address(portal, o.language, 'me')}\n` };
}

/** To the asker, when an access or a request ends: revoked, expired, or never decided. */
export function endedMail(portal: Site, o: MailSubject & { why: 'revoked' | 'expired' | 'undecided'; reason?: string }): MailText {
  const en = { revoked: `${o.producer_name} ended your access to "${o.title}".`, expired: `Your access to "${o.title}" has come to its end.`, undecided: `Your request for "${o.title}" got no decision and has expired.` };
  const fr = { revoked: `${o.producer_name} a mis fin à votre accès à « ${o.title} ».`, expired: `Votre accès à « ${o.title} » est arrivé à son terme.`, undecided: `Votre demande d’accès à « ${o.title} » n’a pas reçu de décision et a expiré.` };
  const link = address(portal, o.language, `datasets/${o.dataset_id}`);
  return mailLanguage(o.language) === 'en'
    ? { subject: o.why === 'undecided' ? `Request expired: "${o.title}"` : `Access ended: "${o.title}"`, text_body: `Hello,\n\n${en[o.why]}${said(o.reason ?? null, 'The reason given')}\n\nYou may ask again: ${link}\n` }
    : { subject: o.why === 'undecided' ? `Demande expirée : « ${o.title} »` : `Accès terminé : « ${o.title} »`, text_body: `Bonjour,\n\n${fr[o.why]}${said(o.reason ?? null, 'Le motif donné')}\n\nVous pouvez demander à nouveau : ${link}\n` };
}

/** What a mail to the officers tells. */
export type ToldDecision = 'approved' | 'in_principle' | 'refused' | 'revoked' | 'expired' | 'proposed_approval' | 'proposed_refusal';

/** To every officer: what was decided or ended, by whom, and the link for when none of them did; nothing was decided where there is no `alarm_token`. */
export function decisionMail(portal: Site, o: MailSubject & { what: ToldDecision; contact_name: string; by: string; alarm_token: string | null }): MailText {
  const en = { approved: 'granted access', in_principle: 'agreed in principle', refused: 'refused', revoked: 'ended the access', expired: 'access has come to its end', proposed_approval: 'proposes to grant access; the node decides', proposed_refusal: 'proposes to refuse; the node decides' };
  const fr = { approved: 'a accordé l’accès', in_principle: 'a donné un accord de principe', refused: 'a refusé', revoked: 'a mis fin à l’accès', expired: 'l’accès est arrivé à son terme', proposed_approval: 'propose d’accorder l’accès ; votre nœud décide', proposed_refusal: 'propose de refuser ; votre nœud décide' };
  const link = address(portal, o.language, `officer/requests/${o.request_id}`);
  const alarm_link = o.alarm_token === null ? '' : address(portal, o.language, `officer/alarm/${o.alarm_token}`);
  if (mailLanguage(o.language) === 'en') {
    const alarm = o.alarm_token === null ? '' : `\nIf this was not one of you, press the button on this page: what is open is suspended at once, and the portal's operator is told. The link works once, for seven days.\n${alarm_link}\n`;
    return { subject: `"${o.title}": ${en[o.what]} (${o.contact_name})`, text_body: `Hello,\n\nfor ${o.contact_name} and "${o.title}": ${`${o.by} ${en[o.what]}`.trim()}.\n\nThe request:\n${link}\n${alarm}` };
  }
  const alarm = o.alarm_token === null ? '' : `\nSi ce n’était aucun de vous, appuyez sur le bouton de cette page : ce qui est ouvert est suspendu aussitôt, et l’opérateur du portail est prévenu. Le lien sert une fois, pendant sept jours.\n${alarm_link}\n`;
  return { subject: `« ${o.title} » : ${fr[o.what]} (${o.contact_name})`, text_body: `Bonjour,\n\npour ${o.contact_name} et « ${o.title} » : ${`${o.by} ${fr[o.what]}`.trim()}.\n\nLa demande :\n${link}\n${alarm}` };
}

function address(portal: Site, language: string, path: string): string {
  return `${portal.config.public_origin}/${mailLanguage(language)}/${path}`;
}

function said(note: string | null, label: string): string {
  return note === null || note === '' ? '' : `\n\n${label} :\n${note}`;
}
