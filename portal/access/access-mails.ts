import { mailLanguage, type MailText } from '../parties/mail-texts.ts';
import type { Portal } from '../portal.ts';
import { followToken } from './asker.ts';

/** What every mail about access names. */
export interface MailSubject {
  language: string;
  request_id: string;
  dataset_id: string;
  title: string;
  producer_name: string;
  /** Who asked, as of now: words that say so where the name was erased. */
  contact_name: string;
  organisation: string;
  asked_at: string;
}

type Site = Pick<Portal, 'config' | 'keys' | 'clock'>;

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

/** To the asker: the request is with the producer now. */
export function receivedMail(portal: Site, o: MailSubject & { ends_at: Date }): MailText {
  const until = sayDay(o.language, o.ends_at);
  return mailLanguage(o.language) === 'en'
    ? { subject: `Your request for "${o.title}" is with ${o.producer_name}`, text_body: `Hello,\n\n${o.producer_name} has received your request for "${o.title}" and will answer to this address. Without an answer it ends by itself on ${until}, and you hear of it.\n\n${foot(portal, o)}` }
    : { subject: `Votre demande pour « ${o.title} » est chez ${o.producer_name}`, text_body: `Bonjour,\n\n${o.producer_name} a reçu votre demande d’accès à « ${o.title} » et répondra à cette adresse. Sans réponse, elle prendra fin d’elle-même le ${until}, et vous en serez averti.\n\n${foot(portal, o)}` };
}

/** To the asker: they took the request back. */
export function withdrawnMail(portal: Site, o: MailSubject): MailText {
  return mailLanguage(o.language) === 'en'
    ? { subject: `Request withdrawn: "${o.title}"`, text_body: `Hello,\n\nyour request for "${o.title}" is withdrawn, as you asked. ${o.producer_name} will not answer it any more.\n\n${foot(portal, o)}` }
    : { subject: `Demande retirée : « ${o.title} »`, text_body: `Bonjour,\n\nvotre demande d’accès à « ${o.title} » est retirée, comme vous l’avez demandé. ${o.producer_name} n’y répondra plus.\n\n${foot(portal, o)}` };
}

/** To each officer: whoever asked put something right. */
export function correctedMail(portal: Site, o: MailSubject): MailText {
  const link = address(portal, o.language, `officer/requests/${o.request_id}`);
  return mailLanguage(o.language) === 'en'
    ? { subject: `Request corrected: "${o.title}"`, text_body: `Hello,\n\n${o.contact_name} has corrected the request for "${o.title}". Read it again before you answer:\n${link}\n` }
    : { subject: `Demande corrigée : « ${o.title} »`, text_body: `Bonjour,\n\n${o.contact_name} a corrigé sa demande d’accès à « ${o.title} ». Relisez-la avant de répondre :\n${link}\n` };
}

/** To each officer: a request was erased, by whoever made it or by the clock, and what they have to do; it names nobody. */
export function erasedMail(o: { language: string; title: string; asked_at: string }): MailText {
  const day = sayDay(o.language, new Date(o.asked_at));
  return mailLanguage(o.language) === 'en'
    ? { subject: `A request for "${o.title}" was erased`, text_body: `Hello,\n\nthe request of ${day} for "${o.title}" is erased here, with name, address and text; any access that came of it has ended. Erase your own notes and mails about this request too.\n` }
    : { subject: `Une demande pour « ${o.title} » a été effacée`, text_body: `Bonjour,\n\nla demande du ${day} pour « ${o.title} » est effacée ici, avec le nom, l’adresse et le texte ; l’accès qui en venait est terminé. Effacez aussi vos notes et messages sur cette demande.\n` };
}

/** To each officer: somebody asks. */
export function newRequestMail(portal: Site, o: MailSubject & { at_node: boolean }): MailText {
  const link = address(portal, o.language, `officer/requests/${o.request_id}`);
  const who = o.organisation === '' ? o.contact_name : `${o.contact_name} (${o.organisation})`;
  return mailLanguage(o.language) === 'en'
    ? { subject: `Request for "${o.title}"`, text_body: `Hello,\n\n${who} asks for access to "${o.title}". ${o.at_node ? 'Read the purpose here; the decision is taken at your node (sceau-node requests)' : 'Read the purpose and decide here'}:\n${link}\n` }
    : { subject: `Demande d’accès à « ${o.title} »`, text_body: `Bonjour,\n\n${who} demande l’accès à « ${o.title} ». ${o.at_node ? 'Lisez ici l’usage annoncé ; la décision se prend sur votre nœud (sceau-node requests)' : 'Lisez l’usage annoncé et décidez ici'} :\n${link}\n` };
}

/** To each officer: the asker's key has come, and a person has to compare it. */
export function keyAttachedMail(portal: Site, o: MailSubject): MailText {
  const link = address(portal, o.language, `officer/requests/${o.request_id}`);
  return mailLanguage(o.language) === 'en'
    ? { subject: `Compare the digits of ${o.contact_name}`, text_body: `Hello,\n\n${o.contact_name} has connected a computer to the request for "${o.title}". Nothing opens before you have compared its thirty digits with them, by a telephone number that you know from elsewhere:\n${link}\n` }
    : { subject: `Comparez les chiffres de ${o.contact_name}`, text_body: `Bonjour,\n\n${o.contact_name} a associé un ordinateur à la demande d’accès à « ${o.title} ». Rien ne s’ouvre avant que vous ayez comparé ses trente chiffres avec cette personne, à un numéro de téléphone que vous connaissez par ailleurs :\n${link}\n` };
}

/** To the asker: a key was attached to their request; if it was somebody else's, they say so. */
export function yourKeyMail(portal: Site, o: MailSubject & { fingerprint: string }): MailText {
  return mailLanguage(o.language) === 'en'
    ? { subject: `A computer was connected to your request for "${o.title}"`, text_body: `Hello,\n\na computer was connected to your request for "${o.title}". Its digits:\n\n${o.fingerprint}\n\n${o.producer_name} will ask you to read them out. If your computer shows others, or if you connected none, tell them: somebody else would receive the data.\n\n${foot(portal, o)}` }
    : { subject: `Un ordinateur a été associé à votre demande pour « ${o.title} »`, text_body: `Bonjour,\n\nun ordinateur a été associé à votre demande d’accès à « ${o.title} ». Ses chiffres :\n\n${o.fingerprint}\n\n${o.producer_name} vous demandera de les lire. Si votre ordinateur en montre d’autres, ou si vous n’en avez associé aucun, dites-le : quelqu’un d’autre recevrait les données.\n\n${foot(portal, o)}` };
}

/** To the asker: approved in principle, a key is missing. */
export function awaitingKeyMail(portal: Site, o: MailSubject & { note: string | null }): MailText {
  const lines = `  export SCEAU_PORTAL=${portal.config.public_origin}\n  sceau keygen\n  sceau ask ${o.dataset_id} --request ${o.request_id}\n`;
  return mailLanguage(o.language) === 'en'
    ? { subject: `Agreed in principle: "${o.title}"`, text_body: `Hello,\n\n${o.producer_name} agrees in principle to give you access to "${o.title}".${said(o.note, 'Their answer')}\n\nThe data are sealed for one computer, so yours has to be connected now. On it, run:\n\n${lines}\nIt shows thirty digits, which ${o.producer_name} will compare with you.\n${foot(portal, o)}` }
    : { subject: `Accord de principe : « ${o.title} »`, text_body: `Bonjour,\n\n${o.producer_name} accepte en principe de vous donner accès à « ${o.title} ».${said(o.note, 'Sa réponse')}\n\nLes données sont scellées pour un ordinateur précis : il faut maintenant associer le vôtre. Lancez dessus :\n\n${lines}\nIl affiche trente chiffres, que ${o.producer_name} comparera avec vous.\n${foot(portal, o)}` };
}

/** To the asker: granted. */
export function grantedMail(portal: Site, o: MailSubject & { note: string | null; ends_at: string }): MailText {
  const lines = `  export SCEAU_PORTAL=${portal.config.public_origin}\n  sceau open ${o.dataset_id}\n`;
  const until = o.ends_at.slice(0, 10);
  return mailLanguage(o.language) === 'en'
    ? { subject: `Access granted: "${o.title}"`, text_body: `Hello,\n\n${o.producer_name} grants you access to "${o.title}" until ${until}.${said(o.note, 'Their answer')}\n\nOn the computer that you connected, run:\n\n${lines}\n${foot(portal, o)}` }
    : { subject: `Accès accordé : « ${o.title} »`, text_body: `Bonjour,\n\n${o.producer_name} vous donne accès à « ${o.title} » jusqu’au ${until}.${said(o.note, 'Sa réponse')}\n\nSur l’ordinateur que vous avez associé, lancez :\n\n${lines}\n${foot(portal, o)}` };
}

/** To the asker: refused, with the officer's words. */
export function refusedMail(portal: Site, o: MailSubject & { note: string | null }): MailText {
  return mailLanguage(o.language) === 'en'
    ? { subject: `Request refused: "${o.title}"`, text_body: `Hello,\n\n${o.producer_name} refuses your request for "${o.title}".${said(o.note, 'Their answer')}\n\n${foot(portal, o)}` }
    : { subject: `Demande refusée : « ${o.title} »`, text_body: `Bonjour,\n\n${o.producer_name} refuse votre demande d’accès à « ${o.title} ».${said(o.note, 'Sa réponse')}\n\n${foot(portal, o)}` };
}

/** To the asker, when an access or a request ends: revoked, expired, or never decided. */
export function endedMail(portal: Site, o: MailSubject & { why: 'revoked' | 'expired' | 'undecided'; reason?: string }): MailText {
  const en = { revoked: `${o.producer_name} ended your access to "${o.title}".`, expired: `Your access to "${o.title}" has come to its end.`, undecided: `Your request for "${o.title}" got no decision and has expired.` };
  const fr = { revoked: `${o.producer_name} a mis fin à votre accès à « ${o.title} ».`, expired: `Votre accès à « ${o.title} » est arrivé à son terme.`, undecided: `Votre demande d’accès à « ${o.title} » n’a pas reçu de décision et a expiré.` };
  const link = address(portal, o.language, `datasets/${o.dataset_id}`);
  return mailLanguage(o.language) === 'en'
    ? { subject: o.why === 'undecided' ? `Request expired: "${o.title}"` : `Access ended: "${o.title}"`, text_body: `Hello,\n\n${en[o.why]}${said(o.reason ?? null, 'The reason given')}\n\nYou may ask again: ${link}\n\n${foot(portal, o)}` }
    : { subject: o.why === 'undecided' ? `Demande expirée : « ${o.title} »` : `Accès terminé : « ${o.title} »`, text_body: `Bonjour,\n\n${fr[o.why]}${said(o.reason ?? null, 'Le motif donné')}\n\nVous pouvez demander à nouveau : ${link}\n\n${foot(portal, o)}` };
}

/** What a mail to the officers tells. */
export type ToldDecision = 'approved' | 'in_principle' | 'refused' | 'revoked' | 'expired' | 'proposed_approval' | 'proposed_refusal';

/** To every officer: what was decided or ended, by whom, and the link for when none of them did; nothing was decided where there is no `alarm_token`. */
export function decisionMail(portal: Site, o: MailSubject & { what: ToldDecision; by: string; alarm_token: string | null }): MailText {
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

// At the end of every mail to whoever asked: when it was written, about which request, and the page where all about it can be done.
function foot(portal: Site, o: MailSubject): string {
  const link = address(portal, o.language, `access-requests/follow/${o.request_id}/${followToken(portal, o.request_id)}`);
  const [today, asked] = [portal.clock.now(), new Date(o.asked_at)].map((day) => sayDay(o.language, day));
  return mailLanguage(o.language) === 'en'
    ? `Follow, correct, withdraw or erase the request, without an account; do not pass this link on:\n${link}\n\nWritten on ${today}, about the request of ${asked}.\n`
    : `Suivre, corriger, retirer ou effacer la demande, sans compte ; ne transmettez pas ce lien :\n${link}\n\nÉcrit le ${today}, à propos de la demande du ${asked}.\n`;
}

function sayDay(language: string, day: Date): string {
  return new Intl.DateTimeFormat(mailLanguage(language) === 'en' ? 'en-GB' : 'fr-FR', { dateStyle: 'long', timeZone: 'Europe/Paris' }).format(day);
}

function address(portal: Site, language: string, path: string): string {
  return `${portal.config.public_origin}/${mailLanguage(language)}/${path}`;
}

function said(note: string | null, label: string): string {
  return note === null || note === '' ? '' : `\n\n${label} :\n${note}`;
}
