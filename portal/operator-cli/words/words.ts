import type { RETENTION_JOBS } from '../retention-jobs.ts';
import type { LogInspection } from '../../log/check-log.ts';

/** What can be wrong with the log. */
export type LogDamage = NonNullable<LogInspection['damage']>;

/** One line of the doctor's report in words. */
export interface CheckWords {
  name: string;
  /** What is well, given the figures of the check. */
  ok(figure: string): string;
  /** What to do, given what was found. */
  problem(found: string): string;
}

/** Everything that `sceau-portal` says, in one language. */
export interface OperatorWords {
  about: string;
  usage_title: string;
  options_title: string;
  arguments_title: string;
  commands_title: string;
  examples_title: string;
  exit_codes: string;
  environment: string;
  option_lang: string;
  option_json: string;
  option_help: string;
  option_version: string;
  command_help: string;
  migrate: { about: string; web_role: string; broker_role: string; both_roles: string; done(names: string[]): string; nothing: string; rights(web: string, broker: string): string };
  create_keys: { about: string; log_origin: string; made(portal_id: string): string; known(portal_id: string): string; take_root(path: string): string };
  rotate_keys: { about: string; root: string; done(version: number, until: string): string; restart: string };
  create_operator: { about: string; email: string; name: string; language: string; done(email: string): string };
  invite_producer: { about: string; name: string; officer_email: string; officer_name: string; done(name: string, invitation_id: string): string };
  node_code: { about: string; invitation: string; code(name: string): string; until(when: string): string; hint(origin: string): string };
  confirm_node: {
    about: string;
    enrolment: string;
    fingerprint: string;
    refuse: string;
    nothing_waits: string;
    waiting: string;
    ask: string;
    needs_fingerprint: string;
    needs_enrolment: string;
    confirmed(name: string): string;
    refused(name: string): string;
  };
  reset_passkeys: { about: string; email: string; done(email: string, count: number): string };
  serve: { about: string; listening(origin: string, host: string, port: number): string; stopping: string; stopped: string; port_busy(host: string, port: number): string; not_migrated: string };
  purge: { about: string; done: Readonly<Record<(typeof RETENTION_JOBS)[number], (count: number) => string>> };
  broker: { about: string; running: string; stopped: string };
  doctor: { about: string; ok: string; problem: string; well: string; problems(count: number): string; log_damage: Readonly<Record<LogDamage, string>>; keys_expire(portal_id: string, when: string): string; checks: Readonly<Record<DoctorCheck, CheckWords>> };
  backup: {
    about: string;
    bodies_option: string;
    bodies: Readonly<Record<'copy' | 'list', (count: number) => string>>;
    body_done(count: number): string;
    damaged(count: number): string;
  };
  restore: { about: string; checkpoint: string; body_done(count: number): string; done(portal_id: string, log_size: number, bodies: number): string; missing(count: number): string; next: string };
  error: string;
  usage_errors: Readonly<Record<string, (token: string) => string>>;
  usage_hint: string;
  /** Sentences for reasons and codes of errors; what is absent is said as the command says it. */
  reasons: Readonly<Record<string, string>>;
  internal: string;
}

/** What the doctor looks at, in this order. */
export const DOCTOR_CHECKS = ['configuration', 'database', 'migrations', 'clock', 'keys', 'store', 'log', 'web', 'broker', 'mail', 'waiting_mails', 'legal'] as const;
export type DoctorCheck = (typeof DOCTOR_CHECKS)[number];
