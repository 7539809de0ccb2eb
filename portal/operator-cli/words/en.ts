import type { OperatorWords } from './words.ts';

export const en: OperatorWords = {
  about: 'Runs and looks after a Sceau portal. Settings come from the environment.',
  usage_title: 'Usage:',
  options_title: 'Options:',
  arguments_title: 'Arguments:',
  commands_title: 'Commands:',
  examples_title: 'Examples:',
  exit_codes: 'Exit codes: 0 done, 1 failed, 2 wrong arguments or settings.',
  environment: `Environment (secrets also as NAME_FILE, the path of a file that holds them):
  SCEAU_PUBLIC_ORIGIN    where people reach the portal: https://data.example.org
  SCEAU_NAME             name of the portal
  SCEAU_HOST, SCEAU_PORT where to listen (127.0.0.1, 8080)
  SCEAU_TRUSTED_PROXIES  how many proxies stand in front (0)
  DATABASE_URL           postgres://… (secret)
  SCEAU_KEYS_DIR         folder with the keys of the portal
  SCEAU_BROKER_KEYS_DIR  folder with the keys of the broker, for the broker and create-keys only
  SCEAU_STORE            where bodies are kept: a folder, or s3://bucket
  SCEAU_S3_ENDPOINT, SCEAU_S3_REGION, SCEAU_S3_ACCESS_KEY, SCEAU_S3_SECRET_KEY (secrets)
  SCEAU_SMTP_URL         smtps://user:password@host (secret)
  SCEAU_MAIL_FROM        address that mails come from
  SCEAU_LEGAL_NAME, SCEAU_LEGAL_ADDRESS, SCEAU_PUBLICATION_DIRECTOR, SCEAU_HOSTED_BY, SCEAU_DPO_MAIL: what the legal pages say
  SCEAU_LOG_LEVEL        fatal, error, warn, info, debug, trace, silent (info)`,
  option_lang: 'language of messages: fr or en',
  option_json: 'answer with one JSON object on standard output',
  option_help: 'show this help',
  option_version: 'show the version',
  command_help: 'show the help of a command',
  migrate: {
    about: 'Bring the database to the newest shape. Run it as the owner of the tables, before each start of a new version.',
    web_role: 'database role of "serve": gets exactly the rights it needs',
    broker_role: 'database role of "broker": gets exactly the rights it needs',
    both_roles: 'Give --web-role and --broker-role together: the two processes must not share one.',
    done: (names) => `Migrated: ${names.join(', ')}.`,
    nothing: 'The database was up to date.',
    rights: (web, broker) => `Rights given to ${web} (web) and ${broker} (broker).`,
  },
  create_keys: {
    about: 'Make the keys of the portal and of its broker, once, and record the first key set.',
    log_origin: 'name of the log for ever, like data.example.org/log (default: host of the public origin)',
    made: (portal_id) => `Keys made. This portal is ${portal_id}.`,
    known: (portal_id) => `The keys were there already. This portal is ${portal_id}.`,
    take_root: (path) => `Now copy ${path} to two places that are not on this machine, and delete it here: it signs the portal's next key sets, and nothing else needs it.`,
  },
  rotate_keys: {
    about: 'Give the broker new keys and renew the key set for three years, signed by the root key. Stop web and broker before, start them after.',
    root: 'the root key, brought back for this',
    done: (version, until) => `Key set ${version} is in force, until ${until}. What was deposited before stays readable to the broker.`,
    restart: 'Give the new files to the users of web and broker, start both, and take the root key away again.',
  },
  create_operator: {
    about: 'Make a person an operator of the portal, who then signs in by mail.',
    email: 'address of the operator',
    name: 'name of the operator',
    language: 'language of their mails: fr or en',
    done: (email) => `${email} is an operator and signs in on the portal with this address.`,
  },
  invite_producer: {
    about: 'Invite an organisation to publish. Gives the one-time code for its node.',
    name: 'name of the organisation',
    officer_email: 'address of the person who will answer requests for access',
    officer_name: 'name of that person',
    done: (name, invitation_id) => `${name} is invited (invitation ${invitation_id}); the officer gets a mail.`,
  },
  node_code: {
    about: 'Give a new one-time code for an invitation, in place of the one before.',
    invitation: 'id of the invitation',
    code: (name) => `Code for the node of ${name}:`,
    until: (when) => `It works once, until ${when}. Hand it over by telephone or in person, not by mail.`,
    hint: (origin) => `On the node: sceau-node enrol --portal ${origin}`,
  },
  confirm_node: {
    about: 'Confirm that a node is the one that was invited, by the fingerprint that its operator reads out.',
    enrolment: 'id of the enrolment (needed only to refuse, or when in doubt)',
    fingerprint: 'the thirty digits shown by the node; asked for when absent',
    refuse: 'refuse the enrolment instead',
    nothing_waits: 'No node waits for confirmation.',
    waiting: 'These nodes wait for confirmation:',
    ask: 'Fingerprint read out by the node’s operator: ',
    needs_fingerprint: 'Give --fingerprint with the digits that the node shows.',
    needs_enrolment: 'Say which enrolment to refuse.',
    confirmed: (name) => `${name} can publish now. Its officer gets a mail.`,
    refused: (name) => `The enrolment of ${name} is refused.`,
  },
  reset_passkeys: {
    about: 'Remove every passkey of a member who lost theirs, and end their sessions. First make sure that it is them who ask.',
    email: 'address of the member',
    done: (email, count) => `${count === 1 ? '1 passkey' : `${count} passkeys`} of ${email} removed, sessions ended. They sign in by mail and register a new one.`,
  },
  purge: {
    about: 'End, erase and delete now what is due: accesses and requests whose time is over, names and addresses kept for a year, unfinished uploads, old mails and sessions. "serve" does the same by itself.',
    done: {
      ended_grants: (count) => `accesses whose end was written down: ${count}`,
      ended_requests: (count) => `requests ended, and unconfirmed ones deleted: ${count}`,
      erased_requests: (count) => `requests erased a year after their end: ${count}`,
      discarded_uploads: (count) => `unfinished uploads discarded: ${count}`,
      deleted_rows: (count) => `old mails, sessions, sign-ins and counters deleted: ${count}`,
    },
  },
  serve: {
    about: 'Run the portal: pages, API, log, mails, expiry. Ends in order at Ctrl-C or SIGTERM.',
    listening: (origin, host, port) => `The portal answers at ${origin} (listening on ${host}:${port}).`,
    stopping: 'Stopping: running requests may finish.',
    stopped: 'Stopped.',
    port_busy: (host, port) => `${host}:${port} is in use by another program. Choose another SCEAU_PORT.`,
    not_migrated: 'The database is not up to date. Run "sceau-portal migrate" first.',
  },
  broker: { about: 'Run the broker, which alone can open deposited content keys. Give it its own system user and database role.', running: 'The broker works.', stopped: 'Stopped.' },
  doctor: {
    about: 'Check every part of the portal and say what to do about each problem.',
    ok: 'ok',
    problem: 'problem',
    well: 'Everything is well.',
    problems: (count) => (count === 1 ? '1 problem.' : `${count} problems.`),
    log_damage: {
      empty: 'no act is in the log yet. Start "sceau-portal serve", which integrates them.',
      checkpoint_signature: 'the newest checkpoint is not signed by the log key of SCEAU_KEYS_DIR, or was changed. Nothing is integrated until this is cleared up: find out who wrote to the database, and restore it from before.',
      indices_not_dense: 'acts are missing or numbered wrongly. Somebody changed the table log_act: restore the database from before.',
      root_differs: 'the stored hashes do not give the signed root. Somebody changed the table log_hash: restore the database from before.',
    },
    keys_expire: (portal_id, when) => `${portal_id}: the key set ends on ${when}. Nodes refuse an expired one: prepare the next version with the root key.`,
    checks: {
      configuration: { name: 'settings', ok: (figure) => figure, problem: (found) => found },
      database: { name: 'database', ok: (ms) => `answers in ${ms} ms`, problem: (found) => `cannot be reached: ${found}. Check DATABASE_URL and that PostgreSQL runs.` },
      migrations: { name: 'migrations', ok: () => 'up to date', problem: (found) => `not applied: ${found}. Run "sceau-portal migrate" as the owner of the tables.` },
      clock: { name: 'clock', ok: (s) => `${s} s from the database's`, problem: (s) => `${s} s from the database's; signed calls allow 60. Set the clock of this machine by NTP.` },
      keys: { name: 'keys', ok: (figure) => figure, problem: (found) => found },
      store: { name: 'store', ok: () => 'answers and can be written', problem: (found) => `does not answer: ${found} Check SCEAU_STORE, the space left and the rights of the folder.` },
      log: { name: 'log', ok: (size) => `${size} ${size === '1' ? 'act' : 'acts'}, tree and signature hold`, problem: (found) => found },
      web: { name: 'web process', ok: (s) => `seen ${s} s ago`, problem: (s) => `not seen for ${s}. Start "sceau-portal serve".` },
      broker: { name: 'broker', ok: (s) => `seen ${s} s ago`, problem: (s) => `not seen for ${s}. Start "sceau-portal broker"; until then no key package is released.` },
      mail: { name: 'mail server', ok: (host) => `${host} accepts us`, problem: (found) => `${found} Without it nobody can sign in: set SCEAU_SMTP_URL.` },
      waiting_mails: { name: 'outbox', ok: (count) => `${count} waiting`, problem: (found) => `${found} Look at the log of "serve" and at the mail server.` },
      legal: { name: 'legal pages', ok: () => 'complete', problem: (found) => `They say that something is missing. Set ${found}.` },
    },
  },
  backup: {
    about: 'Back up portal and broker while they run: key folders, database as of one moment, files. Keys and database are sealed to whoever will restore. Run it as the owner of the tables, with both key folders.',
    bodies_option: 'copy: the files as well (default for a folder); list: their digests only (default for S3, whose bucket you back up by its own means)',
    bodies: {
      copy: (count) => `${count} stored files copied, each compared with its digest.`,
      list: (count) => `${count} stored files listed, not copied: keep the store itself safe.`,
    },
    body_done: (count) => `${count} files…`,
    damaged: (count) => `The store does not hold ${count} of the files whole. Ask their producers to publish them again:`,
  },
  restore: {
    about: 'Restore a backup into an empty database and empty key folders. Everything is verified before anything is written, and nothing is overwritten.',
    checkpoint: 'newest checkpoint of the log that a node or consumer has seen (a file); an older backup is refused. May be repeated',
    body_done: (count) => `${count} files…`,
    done: (portal_id, log_size, bodies) => `Portal ${portal_id}: log of ${log_size} acts, ${bodies} stored files.`,
    missing: (count) => `${count} stored files are neither in the backup nor in the store. Their producers publish them again:`,
    next: 'Now: "sceau-portal migrate" with both roles, give the key folders to their users, then start. Revocations since the backup have to be made again: see deploy/RUNBOOK.md.',
  },
  error: 'error:',
  usage_errors: {
    'commander.unknownOption': (token) => `The option ${token} does not exist.`,
    'commander.unknownCommand': (token) => `There is no command ${token}.`,
    'commander.missingArgument': (token) => `The argument ${token} is missing.`,
    'commander.optionMissingArgument': (token) => `The option ${token} needs a value.`,
    'commander.missingMandatoryOptionValue': (token) => `Give the option ${token}.`,
    'commander.excessArguments': () => 'There are too many arguments.',
    'commander.invalidArgument': (token) => `The value of ${token} is not allowed.`,
  },
  usage_hint: 'See: sceau-portal --help',
  reasons: {},
  internal: 'Something unexpected happened. With SCEAU_LOG_LEVEL=debug the cause is shown.',
};
