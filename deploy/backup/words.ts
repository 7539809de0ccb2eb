import type { BackupErrorCode } from './errors.ts';

/** What backing up and restoring says, in one language. */
export interface BackupWords {
  refusals: Readonly<Record<BackupErrorCode, (about: string) => string>>;
  option_recipient: string;
  option_identity: string;
  option_digest: string;
  argument_into: string;
  argument_from: string;
  done(folder: string, files: number): string;
  digest(digest: string): string;
  offline(folder: string): string;
  restored(taken_at: string): string;
}

const en: BackupWords = {
  refusals: {
    bad_recipient: (about) => `${about} is no age recipient. Give the public key of whoever will restore, age1…, as age-keygen prints it.`,
    identity_file: (about) => `${about} cannot be read as a file of age identities. Give the file that age-keygen wrote.`,
    target_not_empty: (about) => `${about} is not empty, and nothing is overwritten. Give an empty or new folder.`,
    target_unwritable: (about) => `${about} cannot be written. Nothing was left there.`,
    source_unreadable: (about) => `${about} cannot be read, so the backup would not be whole. Nothing was left behind.`,
    not_a_backup: (about) => `${about} is no backup made by this program: its list is missing or damaged.`,
    newer_backup: (about) => `This backup was made by a newer version of the program (${about}). Restore it with that version.`,
    other_kind: (about) => `This is a backup of another kind: ${about}.`,
    other_digest: (about) => `The list of this backup has the digest ${about}, not the one you gave: it is another backup, or it was altered. Nothing was written.`,
    altered: (about) => `${about} of this backup is missing, cut short or altered. Nothing was written; take another backup.`,
    wrong_identity: (about) => `The identity does not open ${about}: the backup was sealed to another recipient. Nothing was written.`,
    database_not_empty: (about) => `The database holds tables already (${about}). Restore into an empty one. Nothing was written.`,
    database_differs: (about) => `The database could not take the backup (${about}). Nothing was written.`,
    no_database: (about) => `The database does not answer (${about}). Nothing was written.`,
  },
  option_recipient: 'age recipient (age1…) of whoever may restore; may be repeated',
  option_identity: 'file with the age identity that opens the backup',
  option_digest: 'digest that "backup" printed; the restoring is refused for any other list',
  argument_into: 'folder to make; it must not exist or be empty',
  argument_from: 'folder that "backup" made',
  done: (folder, files) => `The backup is whole: ${files} files in ${folder}.`,
  digest: (digest) => `Digest of its list: ${digest}. Note it away from the backup; "restore --digest" compares it.`,
  offline: (folder) => `Not in the backup: the offline keys in ${folder}. They belong in two places away from this machine.`,
  restored: (taken_at) => `Restored as it was on ${taken_at}.`,
};

const fr: BackupWords = {
  refusals: {
    bad_recipient: (about) => `${about} n’est pas un destinataire age. Donnez la clé publique de la personne qui restaurera, age1…, telle qu’age-keygen l’affiche.`,
    identity_file: (about) => `${about} ne se lit pas comme un fichier d’identités age. Donnez le fichier écrit par age-keygen.`,
    target_not_empty: (about) => `${about} n’est pas vide, et rien n’est jamais écrasé. Donnez un dossier vide ou nouveau.`,
    target_unwritable: (about) => `Impossible d’écrire ${about}. Rien n’y a été laissé.`,
    source_unreadable: (about) => `${about} est illisible : la sauvegarde ne serait pas complète. Rien n’a été laissé.`,
    not_a_backup: (about) => `${about} n’est pas une sauvegarde faite par ce programme : sa liste manque ou est abîmée.`,
    newer_backup: (about) => `Cette sauvegarde vient d’une version plus récente du programme (${about}). Restaurez-la avec cette version.`,
    other_kind: (about) => `C’est une sauvegarde d’une autre sorte : ${about}.`,
    other_digest: (about) => `La liste de cette sauvegarde a l’empreinte ${about}, pas celle que vous donnez : c’est une autre sauvegarde, ou elle a été modifiée. Rien n’a été écrit.`,
    altered: (about) => `${about}, dans cette sauvegarde, manque, est tronqué ou a été modifié. Rien n’a été écrit ; prenez une autre sauvegarde.`,
    wrong_identity: (about) => `Cette identité n’ouvre pas ${about} : la sauvegarde est scellée pour un autre destinataire. Rien n’a été écrit.`,
    database_not_empty: (about) => `La base contient déjà des tables (${about}). Restaurez dans une base vide. Rien n’a été écrit.`,
    database_differs: (about) => `La base n’a pas pu recevoir la sauvegarde (${about}). Rien n’a été écrit.`,
    no_database: (about) => `La base de données ne répond pas (${about}). Rien n’a été écrit.`,
  },
  option_recipient: 'destinataire age (age1…) qui pourra restaurer ; peut être répété',
  option_identity: 'fichier de l’identité age qui ouvre la sauvegarde',
  option_digest: 'empreinte affichée par « backup » ; toute autre liste est refusée',
  argument_into: 'dossier à créer ; il ne doit pas exister, ou être vide',
  argument_from: 'dossier fait par « backup »',
  done: (folder, files) => `La sauvegarde est complète : ${files} fichiers dans ${folder}.`,
  digest: (digest) => `Empreinte de sa liste : ${digest}. Notez-la ailleurs qu’avec la sauvegarde ; « restore --digest » la compare.`,
  offline: (folder) => `Absentes de la sauvegarde : les clés hors ligne de ${folder}. Leur place est en deux lieux hors de cette machine.`,
  restored: (taken_at) => `Restauré dans l’état du ${taken_at}.`,
};

/** The words of backups, by language. */
export const BACKUP_WORDS: Readonly<Record<'fr' | 'en', BackupWords>> = { fr, en };
