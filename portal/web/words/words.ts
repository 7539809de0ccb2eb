import type { Lang } from '../language.ts';
import { access as access_en } from './en/access.ts';
import { alarm as alarm_en } from './en/alarm.ts';
import { applications as applications_en } from './en/applications.ts';
import { dataset as dataset_en } from './en/dataset.ts';
import { developers as developers_en } from './en/developers.ts';
import { errors as errors_en } from './en/errors.ts';
import { follow as follow_en } from './en/follow.ts';
import { help as help_en } from './en/help.ts';
import { home as home_en } from './en/home.ts';
import { legal as legal_en } from './en/legal.ts';
import { officer as officer_en } from './en/officer.ts';
import { operator as operator_en } from './en/operator.ts';
import { passkeys as passkeys_en } from './en/passkeys.ts';
import { producers as producers_en } from './en/producers.ts';
import { search as search_en } from './en/search.ts';
import { sign_in as sign_in_en } from './en/sign-in.ts';
import { site as site_en } from './en/site.ts';
import { verify as verify_en } from './en/verify.ts';
import { access as access_fr } from './fr/access.ts';
import { alarm as alarm_fr } from './fr/alarm.ts';
import { applications as applications_fr } from './fr/applications.ts';
import { dataset as dataset_fr } from './fr/dataset.ts';
import { developers as developers_fr } from './fr/developers.ts';
import { errors as errors_fr } from './fr/errors.ts';
import { follow as follow_fr } from './fr/follow.ts';
import { help as help_fr } from './fr/help.ts';
import { home as home_fr } from './fr/home.ts';
import { legal as legal_fr } from './fr/legal.ts';
import { officer as officer_fr } from './fr/officer.ts';
import { operator as operator_fr } from './fr/operator.ts';
import { passkeys as passkeys_fr } from './fr/passkeys.ts';
import { producers as producers_fr } from './fr/producers.ts';
import { search as search_fr } from './fr/search.ts';
import { sign_in as sign_in_fr } from './fr/sign-in.ts';
import { site as site_fr } from './fr/site.ts';
import { verify as verify_fr } from './fr/verify.ts';

const FRENCH = {
  access: access_fr,
  alarm: alarm_fr,
  applications: applications_fr,
  dataset: dataset_fr,
  developers: developers_fr,
  errors: errors_fr,
  follow: follow_fr,
  help: help_fr,
  home: home_fr,
  legal: legal_fr,
  officer: officer_fr,
  operator: operator_fr,
  passkeys: passkeys_fr,
  producers: producers_fr,
  search: search_fr,
  sign_in: sign_in_fr,
  site: site_fr,
  verify: verify_fr,
};

/** Every word of the pages, by page. French is written first and gives the keys; a language that lacks one does not compile. */
export type Words = typeof FRENCH;

const ENGLISH: Words = {
  access: access_en,
  alarm: alarm_en,
  applications: applications_en,
  dataset: dataset_en,
  developers: developers_en,
  errors: errors_en,
  follow: follow_en,
  help: help_en,
  home: home_en,
  legal: legal_en,
  officer: officer_en,
  operator: operator_en,
  passkeys: passkeys_en,
  producers: producers_en,
  search: search_en,
  sign_in: sign_in_en,
  site: site_en,
  verify: verify_en,
};

/** The words of a language. */
export function wordsOf(lang: Lang): Words {
  return lang === 'en' ? ENGLISH : FRENCH;
}
