import { createTransport } from 'nodemailer';
import { LEGAL_VARIABLES, type PortalConfig } from '../../config.ts';
import { openCollaborators, type KeylessCollaborators } from '../../create-portal.ts';
import { pendingMigrations } from '../../db/migrate.ts';
import { databaseClock } from '../../db/probe.ts';
import { PortalError } from '../../errors.ts';
import { SILENCE_SECONDS } from '../../health-routes.ts';
import { readKeySetsFile } from '../../keys/key-set-file.ts';
import { loadPortalKeys, requireRecordedKeys } from '../../keys/load-portal-keys.ts';
import { checkLog } from '../../log/check-log.ts';
import { requireContinuedLog } from '../../log/seen-checkpoint.ts';
import { countMails } from '../../parties/mail-store.ts';
import { lastSeen } from '../../parties/process-store.ts';
import { transportOptions } from '../../parties/smtp-transport.ts';
import { knownError } from '../../problem.ts';
import { detailOf } from '../explain-error.ts';
import type { Outcome, Session } from '../terminal.ts';
import { configOf } from '../with-portal.ts';
import { DOCTOR_CHECKS, type DoctorCheck } from '../words/words.ts';

/** What one check found: a figure where it is well, words where it is not. */
type Finding = { ok: true; figure: string } | { ok: false; found: string };

const CLOCK_SECONDS_MAX = 30;
const EXPIRY_WARNING_DAYS = 60;

/** `sceau-portal doctor`: every check runs, also after one that fails; exit code 1 when one does. */
export async function doctor(session: Session): Promise<Outcome> {
  const findings = await examine(session);
  const words = session.words.doctor;
  const results = DOCTOR_CHECKS.flatMap((check) => {
    const finding = findings[check];
    if (finding === undefined) return [];
    const said = finding.ok ? words.checks[check].ok(finding.figure) : words.checks[check].problem(finding.found);
    return [{ check, ok: finding.ok, said }];
  });
  const problems = results.filter((result) => !result.ok).length;
  const width = Math.max(words.ok.length, words.problem.length);
  const lines = results.map((result) => `${(result.ok ? words.ok : words.problem).padEnd(width)}  ${words.checks[result.check].name}: ${result.said}`);
  lines.push('', problems === 0 ? words.well : words.problems(problems));
  return { json: { ok: problems === 0, checks: results }, lines, exit_code: problems === 0 ? 0 : 1 };
}

async function examine(session: Session): Promise<Partial<Record<DoctorCheck, Finding>>> {
  let config: PortalConfig;
  try {
    config = configOf(session);
  } catch (error) {
    return { configuration: { ok: false, found: sayError(session, error).trimStart() } };
  }
  const { parts, database } = openCollaborators({ ...config, log_level: 'silent' }, { max: 3, application_name: 'sceau-portal doctor' });
  const attempt = (work: () => Promise<Finding>) => work().catch((error: unknown): Finding => ({ ok: false, found: sayError(session, error) }));
  try {
    const findings: Partial<Record<DoctorCheck, Finding>> = { configuration: { ok: true, figure: config.public_origin } };
    findings.legal = checkLegal(config);
    findings.store = await attempt(async () => {
      await parts.store.ping();
      return { ok: true, figure: '' };
    });
    findings.mail = await attempt(() => checkMail(config));
    findings.database = await attempt(() => checkDatabase(parts));
    if (!findings.database.ok) return findings;
    findings.migrations = await attempt(() => checkMigrations(parts));
    findings.clock = await attempt(() => checkClock(parts));
    if (!findings.migrations.ok) return findings;
    findings.keys = await attempt(() => checkKeys(session, parts));
    findings.log = await attempt(() => checkLogOf(session, parts));
    findings.web = await attempt(() => checkSeen(parts, 'web'));
    findings.broker = await attempt(() => checkSeen(parts, 'broker'));
    findings.waiting_mails = await attempt(() => checkOutbox(parts));
    return findings;
  } finally {
    await database.close();
  }
}

function checkLegal({ legal, demo }: PortalConfig): Finding {
  const unset = (Object.keys(LEGAL_VARIABLES) as (keyof typeof LEGAL_VARIABLES)[]).filter((fact) => legal[fact] === undefined);
  // A demonstration is nobody's site.
  return demo || unset.length === 0 ? { ok: true, figure: '' } : { ok: false, found: unset.map((fact) => LEGAL_VARIABLES[fact]).join(', ') };
}

async function checkDatabase(parts: KeylessCollaborators): Promise<Finding> {
  const started = performance.now();
  await databaseClock(parts.db);
  return { ok: true, figure: String(Math.round(performance.now() - started)) };
}

async function checkMigrations(parts: KeylessCollaborators): Promise<Finding> {
  const pending = await pendingMigrations(parts.db);
  return pending.length === 0 ? { ok: true, figure: '' } : { ok: false, found: pending.join(', ') };
}

async function checkClock(parts: KeylessCollaborators): Promise<Finding> {
  const there = await databaseClock(parts.db);
  const seconds = Math.round(Math.abs(there.getTime() - parts.clock.now().getTime()) / 1000);
  return seconds <= CLOCK_SECONDS_MAX ? { ok: true, figure: String(seconds) } : { ok: false, found: String(seconds) };
}

async function checkKeys(session: Session, parts: KeylessCollaborators): Promise<Finding> {
  const keys = await loadPortalKeys(parts.config.keys_dir);
  await requireRecordedKeys(parts.db, keys);
  const sets = await readKeySetsFile(parts.config.keys_dir);
  const expires = Date.parse(sets?.newest.expires_at ?? '');
  const days = Math.floor((expires - parts.clock.now().getTime()) / (24 * 3600 * 1000));
  const until = sets?.newest.expires_at ?? '';
  return days > EXPIRY_WARNING_DAYS ? { ok: true, figure: `${keys.portal_id}, ${until}` } : { ok: false, found: session.words.doctor.keys_expire(keys.portal_id, until) };
}

async function checkLogOf(session: Session, parts: KeylessCollaborators): Promise<Finding> {
  const keys = await loadPortalKeys(parts.config.keys_dir);
  // First: the log of an older state is whole by itself.
  await requireContinuedLog({ ...parts, keys });
  const inspection = await checkLog({ ...parts, keys });
  return inspection.damage === undefined ? { ok: true, figure: String(inspection.size) } : { ok: false, found: session.words.doctor.log_damage[inspection.damage] };
}

async function checkSeen(parts: KeylessCollaborators, name: string): Promise<Finding> {
  const seen = await lastSeen(parts.db, name);
  if (seen === undefined) return { ok: false, found: '∞' };
  const seconds = Math.max(0, Math.round((parts.clock.now().getTime() - seen.getTime()) / 1000));
  return seconds <= SILENCE_SECONDS ? { ok: true, figure: String(seconds) } : { ok: false, found: `${seconds} s` };
}

async function checkMail(config: PortalConfig): Promise<Finding> {
  if (config.smtp_url === undefined) return config.demo ? { ok: true, figure: '/demo/mails' } : { ok: false, found: '' };
  const transport = createTransport(transportOptions(config.smtp_url, 5000));
  try {
    await transport.verify();
    return { ok: true, figure: new URL(config.smtp_url).hostname };
  } catch (cause) {
    throw new PortalError('unavailable', cause instanceof Error ? `${cause.message}.` : String(cause), { reason: 'smtp', cause });
  } finally {
    transport.close();
  }
}

async function checkOutbox(parts: KeylessCollaborators): Promise<Finding> {
  const counts = await countMails(parts.db, new Date(parts.clock.now().getTime() - 3600 * 1000));
  // In the demonstration mails are read on a page and never leave.
  const stuck = parts.config.demo && parts.config.smtp_url === undefined ? 0 : counts.late;
  return stuck === 0 ? { ok: true, figure: String(counts.waiting) } : { ok: false, found: `${stuck} > 1 h.` };
}

function sayError(session: Session, error: unknown): string {
  const known = knownError(error);
  if (known !== undefined) return detailOf(session, known);
  return error instanceof Error ? error.message : String(error);
}
