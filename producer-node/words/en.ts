import { sayCause } from '#client';
import type { JsonPlace } from '../datasets/json-place.ts';
import { type PortalProblem, problemText } from '../delivery/portal-problem.ts';

/** Sentences of refusals: one per error code, which is why this object is also the closed list of codes. */
const errors = {
  // usage
  missing_option: (p: { option: string; what: string }) => `${p.what} is missing: add ${p.option}.`,
  bad_option: (p: { option: string; value: string; expected: string }) => `${p.option} cannot be “${p.value}”. Expected: ${p.expected}.`,
  two_producers: (p: { names: string }) => `This node serves several producers (${p.names}): say which one with --producer NAME.`,
  producer_unknown: (p: { name: string }) => `This node serves no producer called “${p.name}”. “sceau-node status” lists them.`,
  producer_ambiguous: (p: { name: string }) => `Several producers match “${p.name}”: give the whole identifier.`,
  // the node's home and database
  not_initialised: () => 'This node holds no producer yet. Start with: sceau-node init --name "Name of your organisation"',
  home_too_open: (p: { path: string; mode: string }) =>
    `${p.path} can be read by other accounts of this machine (mode ${p.mode}). Nothing was done. Close it first: chmod -R go-rwx '${p.path}'`,
  home_not_ours: (p: { path: string }) => `${p.path} belongs to another account. Run the node under that account.`,
  home_unwritable: (p: { path: string; reason: string }) => `The node's folder ${p.path} cannot be used: ${p.reason}.`,
  key_missing: (p: { path: string }) => `The key file ${p.path} is not there. Restore it from your backup.`,
  key_damaged: (p: { path: string }) => `The file ${p.path} is damaged or is not the key it should be. Restore it from your backup.`,
  database_unset: () => "DATABASE_URL is not set: it says where the node's own PostgreSQL database is, like postgresql://sceau_node@localhost/sceau_node.",
  database_away: (p: { reason: string }) => `The node's database does not answer (${p.reason}). Nothing was changed.`,
  secret_file_unreadable: (p: { variable: string; path: string }) => `${p.variable} names ${p.path}, which cannot be read.`,
  // files
  file_missing: (p: { file: string }) => `${p.file} does not exist.`,
  file_unreadable: (p: { file: string; reason: string }) => `${p.file} cannot be read: ${p.reason}.`,
  file_is_folder: (p: { file: string }) => `${p.file} is a folder. Name the files themselves, or put them in one archive.`,
  file_not_regular: (p: { file: string }) => `${p.file} is not an ordinary file.`,
  file_empty: (p: { file: string }) => `${p.file} is empty: there is nothing to publish.`,
  file_changed: (p: { file: string }) => `${p.file} changed while it was being read. Nothing was published; try again once it is complete.`,
  file_named_twice: (p: { name: string }) => `Two of the files are called ${p.name}. The files of a dataset need different names.`,
  not_json: (p: { file: string; reason: string; place?: JsonPlace | undefined }) =>
    `${p.file} is not JSON: ${p.place === undefined ? p.reason : `line ${p.place.line}, column ${p.place.column}`}.`,
  no_records: (p: { file: string }) => `${p.file} holds no RUDI record: an object, a list of objects, or an object with “items” is expected.`,
  wrong_schema: (p: { what: string; issues: string }) => `${p.what} is refused: ${p.issues}`,
  disk_full: (p: { path: string }) => `No room left to write in ${p.path}. Nothing was published and the unfinished file was removed.`,
  // the portal
  bad_portal_url: (p: { url: string }) => `“${p.url}” is not the address of a portal, like https://data.example.org.`,
  insecure_portal: (p: { url: string }) => `${p.url} would be called without encryption, and everything sent there could be read on the way. Use https; http is only for a portal on this very machine.`,
  portal_away: (p: { portal: string; reason: string | PortalProblem }) => `The portal ${p.portal} does not answer (${typeof p.reason === 'string' ? sayCause('en', p.reason) : problemText(p.reason, 'en')}).`,
  not_a_portal: (p: { portal: string; reason: string }) => `${p.portal} does not answer like a portal: ${p.reason}.`,
  portal_refused: (p: { problem: PortalProblem }) =>
    `The portal refuses: ${problemText(p.problem, 'en')}`,
  portal_failing: (p: { portal: string; problem: PortalProblem }) => `The portal ${p.portal} fails at this: ${problemText(p.problem, 'en')}. It stays signed and is sent again later.`,
  send_again: (p: { problem: PortalProblem }) => `The portal asks to send it again: ${problemText(p.problem, 'en')}. It stays signed and is sent again later.`,
  portal_keys_changed: (p: { portal: string; reason: string }) =>
    `STOP. The keys that ${p.portal} shows now do not follow from those this node knows (${p.reason}). Nothing was sent. Either the portal was replaced, or somebody stands between you and it: telephone its operator.`,
  other_portal: (p: { name: string; portal: string }) => `${p.name} is already enrolled at ${p.portal}; a producer has one portal.`,
  clock_off: (p: { minutes: number; ahead: boolean; portal: string }) =>
    `The clock of this machine is about ${p.minutes} min ${p.ahead ? 'ahead of' : 'behind'} that of ${p.portal}. Signed calls are refused beyond one minute: set the clock (timedatectl set-ntp true), then try again.`,
  not_enrolled: (p: { name: string }) => `${p.name} is not enrolled at a portal yet: sceau-node enrol --portal URL`,
  enrolment_pending: (p: { name: string; portal: string }) =>
    `The operator of ${p.portal} has not confirmed ${p.name} yet. “sceau-node status” tells when it is done.`,
  enrolment_refused: (p: { name: string; portal: string }) => `The operator of ${p.portal} refused the enrolment of ${p.name}. Ask for a new code.`,
  fingerprint_differs: (p: { shown: string; given: string }) =>
    `STOP. The fingerprint here is ${p.shown}; the operator gave ${p.given}. Nothing was trusted: tell the operator, who must refuse this enrolment.`,
  fingerprint_open: (p: { name: string; fingerprint: string; portal: string }) =>
    `The fingerprint of ${p.name} has not been compared yet. Here it is ${p.fingerprint}; ask the operator of ${p.portal} for theirs, then: sceau-node enrol --portal ${p.portal} --fingerprint "…"`,
  fingerprint_rejected: () => 'STOP. You said that the fingerprints differ. Nothing was trusted: tell the operator, who must refuse this enrolment.',
  node_unknown: (p: { portal: string }) => `${p.portal} does not accept this node's signature: the producer may be suspended there, or this node's key is not in its key set.`,
  // datasets
  dataset_unknown: (p: { dataset_id: string }) => `There is no dataset ${p.dataset_id} of this producer.`,
  dataset_foreign: (p: { dataset_id: string }) => `The dataset ${p.dataset_id} belongs to another producer: only its own producer can publish or withdraw it.`,
  dataset_withdrawn: (p: { dataset_id: string }) => `The dataset ${p.dataset_id} is already withdrawn.`,
  version_conflict: (p: { dataset_id: string; here: string; there: string }) =>
    `Conflict about the dataset ${p.dataset_id}: this node knows ${p.here}, the portal shows ${p.there}. Nothing was signed. Another copy of this node may have published; compare both before going on.`,
  published_meanwhile: (p: { dataset_id: string }) => `Another process published the dataset ${p.dataset_id} at the same moment. Start again to publish on top of it.`,
  publication_refused: (p: { title: string; version: number; detail: string }) => `The portal refused version ${p.version} of “${p.title}”: ${p.detail}`,
  body_lost: (p: { name: string }) => `What was to be sent of ${p.name} is no longer in the node's folder. That version is given up; publish the file again.`,
  grant_unknown: (p: { grant_id: string }) => `The portal knows no access grant ${p.grant_id} of this producer.`,
  grant_over: (p: { grant_id: string; state: string }) => `The access grant ${p.grant_id} is already over (${p.state}).`,
  grant_not_ours: (p: { grant_id: string }) =>
    `STOP. The portal shows the access ${p.grant_id}, which this node never signed, for data whose key only this node holds. Nothing was sealed for it and nothing can be opened with it. Tell the portal's operator.`,
  // requests decided here
  request_unknown: (p: { request_id: string }) => `The portal knows no request ${p.request_id} for the data of this producer.`,
  request_not_open: (p: { request_id: string; state: string }) => `The request ${p.request_id} does not wait for a decision (${p.state}).`,
  request_unsigned: (p: { request_id: string }) => `No key has signed the request ${p.request_id} yet: there is nobody to seal the data for.`,
  request_decided: (p: { request_id: string }) => `This node has decided the request ${p.request_id} already. Once is all: the person may ask again.`,
  request_refused: (p: { request_id: string; reason: string }) => `The signature of the request ${p.request_id} does not hold (${p.reason}). Nothing was granted.`,
  request_mismatch: (p: { request_id: string; what: string }) => `The portal shows the request ${p.request_id} otherwise than it was signed (${p.what}). Nothing was granted.`,
  request_expired: (p: { request_id: string }) => `The signed request ${p.request_id} has expired. The person has to ask again.`,
  consumer_chain_refused: (p: { consumer_id: string; reason: string }) => `The keys that the portal shows are not those of the consumer ${p.consumer_id} (${p.reason}). Nothing was granted.`,
  consumer_changed: (p: { name: string; consumer_id: string; why: string }) =>
    `STOP. The keys of ${p.name} changed in another way than by a device that they added themselves${p.why === '' ? '' : ` (${p.why})`}. Nothing is sealed for them any more. Telephone them, compare the digits, then: sceau-node consumers confirm ${p.consumer_id}`,
  consumer_unknown: (p: { consumer_id: string }) => `This node knows no consumer ${p.consumer_id}. “sceau-node consumers” lists them.`,
  consumer_unchanged: (p: { name: string }) => `The keys of ${p.name} have not changed: there is nothing to confirm.`,
  fingerprint_needed: (p: { name: string; fingerprint: string }) =>
    `The digits of ${p.name} have not been compared yet. Here they are ${p.fingerprint}; ask them for theirs, by a telephone number that you know from elsewhere, then add --fingerprint "…". --yes does not stand for that.`,
  consumer_fingerprint_differs: (p: { name: string; shown: string; given: string }) =>
    `STOP. The digits of ${p.name} are ${p.shown} here; those given are ${p.given}. Nothing was granted: somebody else would receive the data.`,
  consumer_fingerprint_rejected: () => 'STOP. You said that the digits differ. Nothing was granted: somebody else would receive the data.',
  decided_on_portal: (p: { title: string }) => `Access to “${p.title}” is decided on the portal's page: the portal helps to deliver its key.`,
  rule_unknown: (p: { rule_id: string }) => `This node has no rule ${p.rule_id}. “sceau-node rules” lists them.`,
  content_key_closed: (p: { dataset_id: string; epoch: number; reason: string }) =>
    `This node's copy of key no. ${p.epoch} of the dataset ${p.dataset_id} does not open (${p.reason}). Restore the node's folder and database from the same backup.`,
  // changes of the producer's own keys
  keys_expired: (p: { name: string; since: string }) => `The keys of ${p.name} ran out on ${p.since}: nobody accepts what they sign. Renew them: sceau-node keys rotate, then have it signed with the root key.`,
  keys_shared: (p: { names: string }) => `The node's own key serves several producers (${p.names}). It can be replaced only on a node of one producer: leave out --role api.`,
  key_unknown: (p: { kid: string }) => `The newest key set has no key ${p.kid}. “sceau-node keys” lists them.`,
  key_role_missing: (p: { role: string }) => `Without that key nobody would hold the role ${p.role}. Replace it instead: sceau-node keys rotate --role ${p.role}`,
  threshold_too_high: (p: { threshold: number; roots: number }) => `${p.threshold} root keys would have to sign, but there would be only ${p.roots}. Choose a --threshold that they can meet.`,
  key_proposal_waits: () => 'A change of keys waits already. “sceau-node keys” shows it: have it signed and submit it, or give it up with --replace.',
  key_proposal_none: () => 'No change of keys waits here. Start with: sceau-node keys rotate',
  key_proposal_damaged: (p: { reason: string }) => `This change of keys does not hold (${p.reason}). Nothing was done: start again with “sceau-node keys rotate --replace”.`,
  key_proposal_other: () => 'STOP. This file is about another change of keys than the one that waits here. Nothing was done: compare the digits.',
  key_proposal_unsigned: (p: { present: number; proposed: number }) => `Signatures are missing: ${p.present} of the present root keys, ${p.proposed} of the proposed ones. Have it signed: sceau-node keys sign FILE --root ROOT.`,
  root_not_entitled: (p: { kid: string }) => `The key ${p.kid} is a root key neither of the present key set nor of the proposed one.`,
  proposal_fingerprint_differs: (p: { shown: string; given: string }) => `STOP. The digits of this file are ${p.shown}; those given are ${p.given}. Nothing was signed: it is another change than the node proposed.`,
  outbox_waits: (p: { waiting: number }) => `Things signed with the present keys wait to be sent (${p.waiting}): sceau-node deliver. Or add --anyway, and publish again what is then refused.`,
  file_unwritable: (p: { file: string; reason: string }) => `${p.file} cannot be written: ${p.reason}.`,
  busy: (p: { what: string }) => `Another process of this node is working on this right now (${p.what}).`,
  port_busy: (p: { address: string }) => `${p.address} is already in use. Choose another with SCEAU_NODE_PORT.`,
  cancelled: () => 'Cancelled. Nothing was published.',
  newer_backup: (p: { migration: string }) => `This backup was made by a newer version of the program (${p.migration}). Restore it with that version.`,
  internal: (p: { reason: string }) => `Something that should not happen: ${p.reason}.`,
};

const help = {
  program: 'Publish the data of your organisation on a Sceau portal: signed, and sealed where access is restricted.',
  program_after: `First time:
  sceau-node init --name "Rennes Métropole"       make the keys of your organisation
  sceau-node enrol --portal https://data.example.org   with the code the portal's operator gave you
  sceau-node publish stations.csv                 derives what it can, asks for the rest

Environment:
  SCEAU_NODE_HOME   the node's folder: keys and spool (default ~/.local/share/sceau-node)
  DATABASE_URL      the node's own PostgreSQL database (or DATABASE_URL_FILE, a file that holds it)
  SCEAU_NODE_PORT   where "run" answers /health, on this machine only (default 8790; 0: any)

Exit codes:
  0 done   1 failure   2 wrong usage   3 refused by the portal   4 portal away: what was signed waits and is sent later`,
  usage_title: 'Usage:', options_title: 'Options:', arguments_title: 'Arguments:', commands_title: 'Commands:',
  global_options_title: 'Global options:',
  lang: 'language of the messages: fr or en', json: 'the result as JSON on standard output', producer: 'which producer, by name or identifier',
  help: 'show this help', help_command: 'show the help of a command', version: 'show the version',
  init: 'prepare this node and make the keys of a producer',
  init_after: `Makes the node's folder (0700) and key files (0600), prepares the database, and makes the keys of the producer.
Running it again with the same name changes nothing; another name adds a producer to this node.

Example:
  sceau-node init --name "Rennes Métropole" --domain rennes.example.org`,
  init_name: 'name of the organisation, as the public reads it',
  init_domain: 'domain name of the organisation, if it publishes its identifier there',
  enrol: 'introduce the producer to a portal, with the code of its operator',
  enrol_after: `The code comes from the portal's operator, is used once, and is never given as an argument: it is asked for, or read
from --code-file (- for standard input). Then a fingerprint of six groups of five digits is shown: read it out to the
operator, by telephone for example. Both of you must see the same digits; that is what makes the enrolment safe.

When the portal changes its address, the same command with the new one follows it, without a code: it must show the keys known here.

Examples:
  sceau-node enrol --portal https://data.example.org
  sceau-node enrol --portal https://data.example.org --code-file code.txt --fingerprint "01234 56789 01234 56789 01234 56789"`,
  enrol_portal: 'address of the portal',
  enrol_code_file: 'file with the one-time code; - for standard input',
  enrol_fingerprint: 'fingerprint that the operator gave you; compared',
  enrol_yes: 'accept the fingerprint without comparing it (weaker)',
  enrol_wait: 'seconds to wait for the confirmation of the operator',
  publish: 'publish files as a dataset, or a new version of it',
  publish_after: `Format, encoding, columns, number of rows, period and place are read from the files; the title comes from the name. Of a restricted
file what was read is only shown to you: only what you say (--period, --bbox) is published. On a terminal the rest is asked for and a card is
shown before anything is signed. With --yes nothing is asked: what is missing is an error that names the option.

The files given are the whole new version. A file published before is recognised by its path and becomes the next version
of its dataset; what you do not say stays as it was. Unchanged files and description: nothing happens.

Who can open it:
  --access open         everyone
  --access restricted   whom you approve: the files are sealed here, before they leave this machine. Then:
    --custody portal    the portal helps: officers decide on its page, and whoever controls its delivery service could read (default)
    --custody producer  only you hold the key: officers decide at this node, and neither portal nor storage can read

Examples:
  sceau-node publish stations.csv
  sceau-node publish stations.csv --yes --access open --theme transportation --licence etalab-2.0 --summary "Every bicycle station."
  sceau-node publish housing.csv --yes --custody producer --theme housing --licence etalab-2.0 --summary "…" --json`,
  publish_files: 'the files', title: 'title, at most 150 characters', summary: 'description, a few sentences', synopsis: 'one line for lists (default: start of the summary)',
  theme: 'theme; one of: ', keyword: 'keyword; may be repeated or separated by commas', licence: 'licence code, like etalab-2.0 or odbl-1.0',
  access: 'open or restricted', custody: 'who holds the key of restricted files: portal or producer (this node alone)', period: 'period the data are about: 2024, 2024-01-01/2024-12-31, or none', bbox: 'place the data are about, in degrees: west,south,east,north, or none', language: 'language of the data',
  dataset: 'publish as the next version of this dataset', new_dataset: 'publish as a new dataset even if the file is known',
  contact_name: 'whom to ask about the data', contact_email: 'their mail address', sensitive: 'the data are about people (GDPR)',
  yes: 'never ask', no_deliver: 'sign and queue only; "deliver" or "run" sends it',
  import: 'publish RUDI records as they are',
  import_after: `Reads a RUDI record, a list of records, or an object with "items". Each record keeps its identifier (global_id) and its
metadata; only the names and addresses of people are replaced in what is signed. Files elsewhere become links. A record
already published unchanged is left alone; a faulty one is reported and does not stop the others.

Examples:
  sceau-node import catalogue.json --dry-run
  sceau-node import catalogue.json --select budget --limit 20`,
  import_file: 'JSON file of RUDI records', import_select: 'only records with this identifier, or with this word in the title; may be repeated',
  import_limit: 'at most this many records', import_dry_run: 'check and report, publish nothing',
  withdraw: 'withdraw a dataset', withdraw_dataset: 'identifier of the dataset',
  withdraw_after: `Publishes a signed version that says "withdrawn" and carries no file. Earlier versions stay provable. What others already
downloaded or opened cannot be called back.

Example:
  sceau-node withdraw 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84`,
  requests: 'who asks for access to the datasets of the producer',
  requests_after: `Where only this node holds the key, the signature of each request is verified here and the digits are computed here: decide with
"approve" and "refuse". What somebody clicked on the portal's page is shown as a proposal and opens nothing. Where the portal helps, decide on
its page. In both cases compare the digits with the person who asks before you approve.

Example:
  sceau-node requests --state submitted`,
  requests_state: 'only requests in this state',
  approve: 'grant a request, where only this node holds the key',
  approve_after: `Shows who asks and the thirty digits of their keys. Ask the person to read out theirs, by a telephone number that you know from elsewhere; only
the same digits mean that the data are sealed for that person. Once compared, their keys are remembered here. To a request without a key
you agree in principle: the person then connects a computer, and you approve again.

Examples:
  sceau-node approve 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84
  sceau-node approve 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84 --until 2027-06-30 --fingerprint "01234 56789 01234 56789 01234 56789" --yes`,
  approve_request: 'identifier of the request, from "sceau-node requests"', approve_until: 'last day (2027-06-30) or number of days (90); 180 days unless said', approve_from: 'first day; today unless said',
  approve_history: 'also open files sealed with earlier keys', approve_fingerprint: 'digits that the person read out; compared',
  approve_vouched_by: 'the organisation that vouches for these digits, when they come from it rather than from the person', approve_note: 'words to the person, sent by mail',
  approve_yes: 'do not ask whether to approve; never stands for comparing the digits',
  refuse: 'refuse a request, with a reason', refuse_reason: 'why; the person receives these words',
  refuse_after: `Example:
  sceau-node refuse 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84 --reason "Outside the agreement."`,
  rules: 'what "run" grants by itself',
  rules_after: `A rule grants requests to data whose key only this node holds. It looks at the domain of the address, which only the portal has confirmed. With
--first-use refuse it grants to people whose digits you compared before; with --first-use accept also to keys that nobody has compared: then
whoever controls the portal could pretend to be somebody at that domain. Use that only for data where this is acceptable.

Examples:
  sceau-node rules add --domain universite.example --days 90 --first-use refuse
  sceau-node rules add --dataset 3f0c5f6e-8a1d-4c6b-9f5e-2b7d1a0c9e84 --anyone --days 7 --first-use accept
  sceau-node rules remove c2a9e1f4-6b7d-4a3c-8e5f-0d1b2c3a4f56`,
  rules_list: 'the rules in force', rules_add: 'add a rule', rules_remove: 'take a rule out of force; what it granted stays', rules_rule: 'identifier of the rule',
  rules_dataset: 'only this dataset; all of them unless said', rules_domain: 'mail domain of those who ask', rules_anyone: 'whoever asks', rules_days: 'how long an access lasts, in days',
  rules_first_use: 'keys that nobody has compared: accept or refuse',
  consumers: 'whose keys this node seals to, and how they were confirmed',
  consumers_after: `Keys are remembered with the first approval. A device that a person adds with a device already known is taken and listed. Any other change stops
everything for that person until you telephone them, compare the digits of the new key set, and confirm.

Example:
  sceau-node consumers confirm H1qum1QjH0F0jgqVHCkPq4zYEL4UyJeu-7Mlr9TpfhY --fingerprint "01234 56789 01234 56789 01234 56789"`,
  consumers_list: 'whose keys this node seals to', consumers_confirm: 'take changed keys after comparing their digits', consumers_consumer: 'identifier of the consumer',
  grants: 'who has access', grants_after: `Example:
  sceau-node grants`,
  revoke: 'end an access before its time', revoke_grant: 'identifier of the grant, from "sceau-node grants"', revoke_reason: 'why, without naming a person',
  revoke_after: `Signs the revocation with the key of your organisation and sends it. From then on neither key nor header is given; the next
changed file is sealed with a new key. What was opened already stays with whoever opened it.

Example:
  sceau-node revoke c2a9e1f4-6b7d-4a3c-8e5f-0d1b2c3a4f56 --reason "The study is finished."`,
  status: 'producers, portal, what waits to be sent, datasets, keys',
  status_after: `Example:
  sceau-node status --json`,
  backup: 'back up this node: keys, database, waiting files', backup_after: `Everything is sealed to whoever may restore; the offline keys are not in it. The node may go on running.

Example:
  sceau-node backup /srv/backups/2026-11-24 --recipient age1…`,
  restore: 'restore a backup into an empty folder and an empty database', restore_after: `Everything is verified before anything is written, and nothing is overwritten. Never let the restored node and the old one run both.

Example:
  sceau-node restore /srv/backups/2026-11-24 --identity operator.txt`,
  keys: 'the keys of the producer: show, replace, renew, retire',
  keys_after: `Daily keys are replaced in three steps. This node makes new ones and writes a file; whoever keeps a root key signs the file, on a machine
that needs neither node nor network; this node submits it. Until then nothing changes. What was published before stays verifiable.
A key set is valid for two years: the same three steps renew it.

Examples:
  sceau-node keys rotate                                    new keys for manifest, decide and release
  sceau-node keys sign proposal.json --root root.jwk --fingerprint "01234 56789 01234 56789 01234 56789"
  sceau-node keys submit proposal.json                      one file, or several copies signed by different people
  sceau-node keys root second-root.jwk                      a further root key; then, with its public half:
  sceau-node keys rotate --add-root second-root.jwk.pub --threshold 2`,
  keys_list: 'the keys in force, and what waits', keys_rotate: 'new daily keys, and two more years', keys_retire: 'do without a key from now on', keys_sign: 'sign a change with a root key',
  keys_submit: 'bring a signed change to the portal', keys_root: 'make a further root key', keys_role: 'which key: manifest, decide, release, api; the first three unless told', keys_add_root: 'public half of a further root key',
  keys_threshold: 'how many root keys must sign from now on', keys_replace: 'give up the change that waits', keys_kids: 'names of the keys, from "sceau-node keys"', keys_file: 'the file that the node wrote',
  keys_root_file: 'the root key', keys_fingerprint: 'the digits that the node showed', keys_root_out: 'where the new root key is written', keys_files: 'signed copies of the file that the node wrote',
  keys_anyway: 'also while things signed with the present keys wait to be sent',
  deliver: 'send what waits', deliver_after: `Sends everything that was signed while the portal was away. Safe to repeat, and beside a running "run".

Example:
  sceau-node deliver`,
  run: 'stay and keep everything sent and fresh',
  run_after: `Sends what waits, signs the list of newest versions every day, grants what a rule covers ("rules"), gives new keys to whoever has access,
tells the portal that the node is alive, and answers /health on this machine only. Stops cleanly on Ctrl-C or SIGTERM. Several may run on one database.

Example:
  sceau-node run`,
};

const cli = {
  error: 'Error', warning: 'Warning', note: 'Note', colon: ': ',
  unknown_option: (p: { option: string }) => `There is no option ${p.option}. See --help.`,
  unknown_command: (p: { command: string }) => `There is no command ${p.command}. See sceau-node --help.`,
  option_needs_value: (p: { option: string }) => `The option ${p.option} needs a value.`,
  argument_missing: (p: { name: string }) => `An argument is missing: ${p.name}. See --help.`,
  too_many_arguments: 'Too many arguments. See --help.',
  yes_letters: 'yY', no_letters: 'nN', yes_no: '[y/n]', answer_yes_no: 'Please answer y or n.',
  // init
  producer_made: (p: { name: string }) => `The keys of ${p.name} are made.`,
  producer_there: (p: { name: string }) => `${p.name} is already on this node; nothing was changed.`,
  identifier: 'Identifier', folder: 'Folder', keys_expire: 'Keys valid until',
  move_offline: (p: { folder: string }) => `Now move the folder ${p.folder}
to a medium that you keep in a safe, in two copies, and delete it here. It holds:
  root.jwk       signs changes of your keys; daily work never needs it
  recovery.txt   opens the recovery copies of the keys of sealed data, if everything else is lost
Whoever has it can speak for your organisation.`,
  next_enrol: 'Next: sceau-node enrol --portal URL',
  // enrol
  ask_code: 'One-time code from the operator of the portal',
  fingerprint_is: 'Fingerprint',
  read_out: (p: { portal: string }) => `Read these digits out to the operator of ${p.portal}, and listen to theirs.`,
  ask_same: 'Does the operator see exactly the same digits?',
  fingerprint_equal: 'The fingerprint is the one the operator gave you.',
  not_compared: 'The fingerprint was not compared (--yes): if somebody stands between you and the portal, nobody has noticed yet. The operator must still compare it.',
  waiting_for_operator: 'Waiting for the operator to confirm…',
  enrolled: (p: { name: string; portal: string }) => `${p.name} is enrolled at ${p.portal}.`,
  still_pending: 'Not confirmed yet. Continue with: sceau-node status',
  next_publish: 'Next: sceau-node publish FILE',
  // publish
  card_title: (p: { version: number }) => (p.version === 1 ? 'New dataset' : `Version ${p.version} of the dataset`),
  label_title: 'Title', label_summary: 'Summary', label_theme: 'Theme', label_keywords: 'Keywords', label_licence: 'Licence', label_access: 'Who can open it',
  label_period: 'Period', label_contact: 'Contact', label_files: 'Files', label_place: 'Place', label_dataset: 'Dataset', label_version: 'Version',
  access_open: 'everyone', access_restricted: 'whom we approve, the portal helps',
  access_restricted_why: 'Officers decide on the portal’s page. Whoever controls its delivery service could read the files.',
  access_producer: 'whom we approve, only we hold the key',
  access_producer_why: 'Officers decide at this node, which has to be running or used from time to time. Neither the portal nor the storage can read the files.',
  rows: (p: { count: string }) => `${p.count} rows`, columns: (p: { names: string }) => `columns: ${p.names}`, objects: (p: { count: string }) => `${p.count} objects`,
  dropped_files: (p: { names: string }) => `Not in the new version any more: ${p.names}`,
  label_local: 'Read here only',
  local_note: 'What was read in the files stays on this machine. To publish a period or a place, say it: --period, --bbox.',
  bytes_differ_sealed_note: (p: { file: string; by_name: string; by_bytes: string }) => `${p.file}: its name says ${p.by_name}, its content says ${p.by_bytes}; only what the name says is published.`,
  encoding_note: (p: { file: string; encoding: string }) => `${p.file} is written in ${p.encoding}; it is published as it is. UTF-8 is easier for those who reuse it.`,
  bytes_differ_note: (p: { file: string; by_name: string; by_bytes: string }) => `${p.file}: its name says ${p.by_name}, its content says ${p.by_bytes}; published as ${p.by_bytes}.`,
  licence_note: (p: { licence: string }) => `${p.licence} is not among the licences that French administrations may choose for free reuse (CRPA D323-2-1): Licence Ouverte 2.0 or ODbL are safer.`,
  ask_title: 'Title', ask_summary: 'Describe the data in a few sentences', ask_theme: 'Theme', ask_licence: 'Licence',
  ask_access: 'Who can open it?', ask_contact: 'Mail address for questions (empty: none)', ask_publish: 'Publish this?',
  choose_number: 'Number', answer_needed: 'An answer is needed here.', answer_number: (p: { most: number }) => `Answer with a number from 1 to ${p.most}.`,
  portal_away_unsure: 'The portal does not answer: signed on what this node knows, and sent later.',
  reading: (p: { file: string }) => `Reading ${p.file}`, sealing: (p: { file: string }) => `Sealing ${p.file}`, copying: (p: { file: string }) => `Preparing ${p.file}`,
  sending: (p: { file: string }) => `Sending ${p.file}`,
  published: (p: { title: string; version: number }) => `Published: “${p.title}”, version ${p.version}.`,
  published_sealed: 'The files left this machine sealed.',
  earlier_versions_were_open: 'Versions of this dataset were open until now: the portal gives their files out no longer, but whoever fetched them has them.',
  unchanged: (p: { title: string; version: number }) => `Nothing changed: “${p.title}” stays at version ${p.version}.`,
  queued: (p: { title: string; version: number }) => `Signed and waiting: “${p.title}”, version ${p.version}. It is sent by “sceau-node deliver” or “sceau-node run”.`,
  adopted: (p: { version: number }) => `The portal already has version ${p.version} of this dataset, signed with our key: this node continues from it.`,
  new_epoch: 'The files are sealed with a new key.',
  label_page: 'Page',
  // import
  import_line_published: 'published', import_line_queued: 'waiting', import_line_unchanged: 'unchanged', import_line_faulty: 'FAULTY', import_line_refused: 'REFUSED', import_line_checked: 'good',
  import_summary: (p: { total: number; published: number; queued: number; unchanged: number; faulty: number; refused: number }) =>
    `${p.total} ${p.total === 1 ? 'record' : 'records'}: ${p.published} published, ${p.queued} waiting, ${p.unchanged} unchanged, ${p.faulty} faulty, ${p.refused} refused by the portal.`,
  import_dry_summary: (p: { total: number; good: number; faulty: number }) => `${p.total} ${p.total === 1 ? 'record' : 'records'}: ${p.good} good, ${p.faulty} faulty. Nothing was published.`,
  record_at: (p: { index: number }) => `record ${p.index + 1}`,
  // withdraw, requests, grants, revoke
  ask_withdraw: (p: { title: string }) => `Withdraw “${p.title}”?`,
  withdrawn: (p: { title: string; version: number }) => `Withdrawn: “${p.title}” (version ${p.version} says so).`,
  no_requests: 'Nobody is asking at the moment.', no_grants: 'Nobody has access at the moment.',
  label_state: 'State', label_who: 'Who', label_what: 'What', label_why: 'Why', label_since: 'Since', label_until: 'Until', label_fingerprint: 'Fingerprint', label_grant: 'Grant', label_request: 'Request',
  revoked: (p: { grant_id: string }) => `Access ${p.grant_id} has ended.`,
  revocation_queued: (p: { grant_id: string }) => `The end of access ${p.grant_id} is signed and waits: the portal does not answer.`,
  revoked_limits: 'What was opened already stays with whoever opened it. The next changed file is sealed with a new key.',
  label_their_keys: 'Their keys', label_proposal: 'Proposed', label_devices: 'Devices', label_rule: 'Rule', label_mail_domain: 'Mail domain',
  keys_new: 'never seen here: compare the digits', no_key_yet: 'no computer connected yet', decided_on_portal: 'decided on the portal’s page', not_verified: 'NOT VERIFIED',
  keys_known: (p: { how: string; when: string }) => `${p.how}, ${p.when}`, keys_extended: (p: { count: number }) => `${p.count} device(s) added since by a device already known`,
  confirmed_person: 'compared with the person', confirmed_organisation: 'vouched for by their organisation', confirmed_first_use: 'taken by a rule, compared by nobody',
  proposed_approval: (p: { by: string }) => `approve, clicked on the portal as ${p.by} (the portal’s word; opens nothing)`, proposed_refusal: (p: { by: string }) => `refuse, clicked on the portal as ${p.by} (the portal’s word)`,
  read_out_consumer: (p: { name: string; fingerprint: string }) => `Call ${p.name}, at a number that you know from elsewhere, and have their computer’s digits read out. Here they are:

    ${p.fingerprint}
`,
  ask_same_consumer: (p: { name: string }) => `Does ${p.name} read exactly the same digits?`,
  ask_approve: (p: { name: string }) => `Give ${p.name} access?`, ask_agree: (p: { name: string }) => `Agree in principle to the request of ${p.name}?`, ask_refuse: (p: { name: string }) => `Refuse the request of ${p.name}?`,
  granted: (p: { name: string; grant_id: string }) => `${p.name} has access (${p.grant_id}).`, grant_queued: (p: { grant_id: string }) => `The access ${p.grant_id} is signed and sealed, and waits to be sent.`,
  agreed: (p: { name: string }) => `Agreed in principle: ${p.name} is told to connect a computer. Then approve again.`, refused: (p: { name: string }) => `Refused. ${p.name} receives your words.`,
  decision_queued: 'Your decision is kept here and waits to be sent.',
  grant_not_ours: 'NOT OURS: this node never signed it; nothing opens with it. Tell the operator.',
  no_rules: 'No rule: every request waits for a person.', rule_added: 'The rule is in force wherever “sceau-node run” runs.', rule_removed: 'The rule is out of force. What it granted stays until it ends or is revoked.',
  rule_first_use_warning: 'This rule believes the portal about who asks: nobody compares digits.',
  rule_every_dataset: 'every dataset whose key only this node holds', rule_anyone: 'anyone', rule_days: (p: { days: number }) => `${p.days} days`, rule_first_use: 'also keys that nobody has compared', rule_known_keys: 'only keys that were compared before',
  no_consumers: 'This node seals to nobody yet.', device: (p: { kid: string; version: number }) => `${p.kid} (since key set ${p.version})`,
  consumer_stopped: (p: { why: string }) => `STOPPED: ${p.why}`, consumer_confirmed: (p: { name: string }) => `The new keys of ${p.name} are remembered.`,
  change_forked: 'another key set in the place of a known one', change_shorter: 'an older key set than before', change_retired: 'a device or key was taken away', change_renamed: 'another name',
  ask_revoke: (p: { grant_id: string }) => `End access ${p.grant_id} now?`,
  // status
  label_node: 'Node', label_producer: 'Producer', label_portal: 'Portal', label_enrolment: 'Enrolment', label_last_contact: 'Last contact', label_clock: 'Clock',
  label_outbox: 'Waiting to be sent', label_datasets: 'Datasets', label_keys: 'Keys', label_heads: 'List of newest versions',
  never: 'never', none: 'none', nothing_waits: 'nothing',
  enrolment_none: 'not enrolled', enrolment_pending: 'waiting for the operator', enrolment_active: 'confirmed', enrolment_refused: 'refused',
  portal_answers: 'answers', portal_silent: (p: { reason: string }) => `does not answer (${p.reason})`,
  clock_difference: (p: { seconds: number }) => (Math.abs(p.seconds) < 2 ? 'in step with the portal' : `${Math.abs(p.seconds)} s ${p.seconds > 0 ? 'behind' : 'ahead of'} the portal`),
  sealing_key: (p: { epoch: number; since: string }) => `sealed, key no. ${p.epoch} since ${p.since}`,
  valid_until: (p: { date: string }) => `valid until ${p.date}`, expire_soon: (p: { date: string; days: number }) => `valid until ${p.date}: ${p.days} days left`,
  label_log: 'Portal’s log',
  log_seen: (p: { size: number }) => `${p.size} acts seen, each look continues the one before`,
  log_problem: {
    shorter: (p: { size: number; portal: string }) => `STOP. ${p.portal} shows a log shorter than the ${p.size} acts that this node has seen: it was restored from an older state, or hides what it had shown. Telephone its operator; the signed checkpoint that proves it is in “sceau-node status --json”. What was published or revoked since has to be sent again.`,
    forked: (p: { size: number; portal: string }) => `STOP. The log of ${p.portal} does not continue the ${p.size} acts that this node has seen. Unless its operator announced a loss, somebody forged it: telephone them; the signed checkpoint that proves it is in “sceau-node status --json”.`,
  },
  restored_producers: (p: { names: string }) => `Producers of this node: ${p.names}. “sceau-node status” compares it with the portal; versions that this node signed since the backup are adopted from there.`,
  offline_still_here: (p: { folder: string }) => `The offline keys are still on this machine: move ${p.folder} to a safe.`,
  status_active: 'published', status_withdrawn: 'withdrawn', status_erased: 'erased', status_queued: 'waiting', status_refused: 'refused',
  open_short: 'open', restricted_short: 'restricted', described_only: 'described only',
  heads_fresh: (p: { until: string }) => `fresh until ${p.until}`, heads_stale: 'out of date; “sceau-node run” or “deliver” signs it again',
  outbox_line: (p: { what: string; attempts: number; error: string }) => `${p.what}: ${p.attempts} ${p.attempts === 1 ? 'attempt' : 'attempts'}${p.error === '' ? '' : `, last: ${p.error}`}`,
  kind_version: (p: { title: string; version: number }) => `version ${p.version} of “${p.title}”`, kind_revocation: (p: { grant_id: string }) => `end of access ${p.grant_id}`,
  kind_grant: (p: { grant_id: string }) => `access ${p.grant_id}`, kind_package: (p: { grant_id: string; epoch: number }) => `key no. ${p.epoch} for access ${p.grant_id}`, kind_decision: (p: { request_id: string }) => `decision about the request ${p.request_id}`,
  // keys
  expired_since: (p: { date: string }) => `ran out on ${p.date}: nobody accepts what they sign`,
  renew_keys: (p: { name: string }) => `Renew the keys of ${p.name}: sceau-node keys rotate, have it signed with the root key, sceau-node keys submit.`,
  label_key_set: 'Key set', label_keys_new: 'New', label_keys_gone: 'Gone', label_threshold: 'Root keys that sign', label_signed: 'Signed by', label_missing: 'Still missing',
  signatures_missing: (p: { present: number; proposed: number }) => (p.present + p.proposed === 0 ? 'nothing' : `${p.present} of the present root keys, ${p.proposed} of the proposed ones`),
  proposal_waits: (p: { file: string }) => `A change of keys waits in ${p.file}`,
  proposal_next: (p: { file: string }) => `Take ${p.file}
to the machine where the root key is, and compare the digits there:
  sceau-node keys sign proposal.json --root root.jwk
Bring it back, then: sceau-node keys submit proposal.json`,
  proposal_signed: 'Signed. Bring the file back to the node: sceau-node keys submit FILE',
  ask_same_proposal: 'Are these the digits that the node showed?',
  root_made: (p: { file: string; public_file: string }) => `The root key is in ${p.file}: keep it in a safe, in two copies. Give ${p.public_file} to the node: sceau-node keys rotate --add-root FILE`,
  keys_taken: (p: { name: string; version: number; until: string }) => `Key set ${p.version} of ${p.name} is in force, until ${p.until}.`,
  keys_not_at_portal: 'This producer is at no portal yet; the keys go there with its enrolment.',
  heads_later: (p: { reason: string }) => `The list of newest versions could not be signed anew yet (${p.reason}); until “sceau-node run” or “deliver” does it, readers who come new refuse what the old key signed.`,
  restart_run: 'If the node\'s own key (api) changed, restart “sceau-node run”.',
  // deliver, run
  delivered: (p: { done: number; waiting: number; refused: number }) => `${p.done} sent, ${p.waiting} still waiting, ${p.refused} refused.`,
  nothing_to_send: 'Nothing waits to be sent.',
  listening: (p: { address: string }) => `The node is running; health at ${p.address}/health`,
  stopping: 'Stopping…', stopped: 'Stopped.',
};

/** English words; the shape that every other language follows. */
export const en = { tag: 'en' as 'fr' | 'en', errors, help, cli };

/** The words of one language. */
export type Words = typeof en;
