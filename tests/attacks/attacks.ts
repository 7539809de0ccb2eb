/** A test that plays an attack: its file, and its title as it stands there. */
export type Held = readonly [file: string, title: string];

/** One attack of the plan: what is tried and what must come of it, and the tests that play it, or why nothing here can be attacked so. */
export interface Attack {
  readonly number: number;
  readonly sentence: string;
  readonly held_by: readonly Held[];
  /** What of it does not exist here, so that whoever builds it knows that its tests are missing. */
  readonly not_here?: string;
}

const attack = (number: number, sentence: string, held_by: readonly Held[], not_here?: string): Attack => ({ number, sentence, held_by, ...(not_here === undefined ? {} : { not_here }) });
const here = (file: string, title: string): Held => [`tests/attacks/${file}.test.ts`, title];
const crypto = (file: string, title: string): Held => [`tests/crypto/${file}.test.ts`, title];
const portal = (file: string, title: string): Held => [`tests/portal/${file}.test.ts`, title];
const client = (file: string, title: string): Held => [`tests/client/${file}.test.ts`, title];
const node = (file: string, title: string): Held => [`tests/producer-node/${file}.test.ts`, title];

/** The 56 attacks, in their order. */
export const ATTACKS: readonly Attack[] = [
  // Signatures and JOSE
  attack(1, 'alg none, HS256 with the public key as secret, a downgrade: refused by the list of algorithms', [here('signatures', 'attack 1:'), crypto('wycheproof-jws', 'all 401 JWS of Wycheproof are refused as statements')]),
  attack(2, 'a key, an address of a key or crit in the header: refused, nothing fetched', [here('signatures', 'attack 2:')]),
  attack(3, 'a key of another producer, a retired one, one of another role: refused', [here('signatures', 'attack 3:'), portal('parties/enrolment', 'an active producer goes on to a further key set; its old keys then count no longer')]),
  attack(4, 'a statement of another type: refused', [here('signatures', 'attack 4:'), crypto('statement', 'a statement of one type cannot stand for another')]),
  attack(5, 'blanks, padding, loose bits, further members, a second payload: refused', [here('signatures', 'attack 5:'), crypto('wycheproof-jws', 'what the 21 JWS of Wycheproof about base64 do to a text')]),
  attack(6, 'names twice, __proto__, half a surrogate pair, 1e400, NaN in a payload: refused', [here('signatures', 'attack 6:')]),
  attack(7, 'one valid and one invalid signature of a threshold of two, one key twice: refused', [here('signatures', 'attack 7:'), crypto('statement', 'a threshold counts distinct keys, and one bad signature spoils the statement')]),
  attack(8, 'a JWE with zip, p2c, RSA1_5, an invalid or low-order share: refused quickly, decryption by one uniform error', [
    crypto('jwe-delivery', 'headers that JOSE would allow and we do not are refused before anything is computed'),
    crypto('wycheproof-jwe', 'all 139 JWE of Wycheproof are refused as key packages'),
    crypto('wycheproof-jwe', 'a key package sealed under each shared secret of Wycheproof opens with the private key'),
  ]),
  attack(9, 'a key package of another dataset, epoch or grant: refused', [
    crypto('jwe-delivery', 'a package of another dataset, epoch or grant does not open'),
    client('grants-and-keys', 'a release statement: its signature, what it is about, its package, its place in the log'),
    portal('broker/release', 'a content key deposited for another dataset is refused though its recipient is the signed one'),
  ]),
  attack(10, 'the portal puts its own content key or consumer key in place of the right one: hard stop', [
    client('grants-and-keys', 'a content key is obtained only for the recipient that the manifest signs'),
    client('grants-and-keys', 'custody decides who grants and releases'),
  ]),
  // Container
  attack(11, 'cut at a chunk or leaf, chunks swapped or dropped, bytes added, another file’s body or header: error, no file', [
    crypto('body-tampering', 'truncation is refused, at chunk and leaf boundaries as elsewhere'),
    crypto('body-tampering', 'swapped, repeated and dropped chunks are refused even under a tree over them'),
    crypto('body-tampering', 'bytes after the end are refused'),
    crypto('body-tampering', 'a header that is longer, shorter, doubled, too large or another file’s is refused'),
    client('grants-and-keys', 'an interruption leaves no plaintext, and the next time resumes'),
  ]),
  attack(12, 'any byte flipped; a header asked for without or after a grant: found, refused', [
    crypto('body-tampering', 'one flipped bit anywhere in the header is refused'),
    crypto('body-tampering', 'one flipped bit in the body is a wrong leaf'),
    portal('access/whole-path', 'a dataset is published sealed, asked for, granted, released, opened, and closed again'),
  ]),
  attack(13, 'ten thousand stanzas, an endless line, a scrypt factor of 30: refused within the limits', [here('container', 'attack 13:'), portal('catalog/publish', 'a header with two stanzas is refused even when it is the signed one')]),
  attack(14, 'one file sealed twice, a source that changed before an upload went on: never the same file key and nonce', [
    here('container', 'attack 14:'),
    node('outage', 'a publication killed in the middle of its upload goes on where it was'),
  ]),
  attack(15, 'a server of ranges that answers another range, 200 for 206, too short, gzip: found', [client('get-resource', 'a server that sends ${what} is refused as ${code}')]),
  attack(16, 'a consumer with the content key forges a body, and the store helps: refused by the tree', [here('container', 'attack 16:')]),
  // Freshness and log
  attack(17, 'an old, skipped or future version, two texts for one version: refused, and the officers hear of it', [here('signatures', 'attack 17:'), client('verify-evidence', 'the mark of a dataset: not older, not other content, joined when newer')]),
  attack(18, 'a checkpoint smaller than seen, one that does not continue, heads too old: refused or told', [
    client('trust', 'the log is followed from one checkpoint to the next, and an older one must be its beginning'),
    client('trust', 'a log that begins anew is forked, and what was seen stays'),
    client('grants-and-keys', 'sealed data of which the producer said nothing for 30 days open only when told'),
    portal('log/sequencer', 'a portal whose database was restored from an older state, or is another one, does not go on'),
  ], 'a quorum of witnesses: nodes do not cosign yet'),
  attack(19, 'an entry without its act or an act without its entry after a kill: completed or told, never released unlogged', [
    portal('log/sequencer', 'a sequencer that is killed in the middle leaves the log as it was, and the next one goes on'),
    portal('broker/release', 'a package is handed out once, after the log holds it'),
    client('grants-and-keys', 'a log that was rewritten since is noticed before a key is used'),
  ]),
  attack(20, 'all attacks on TUF', [crypto('key-set', 'a chain ${what} is refused')], 'there is no TUF repository: key sets carry its rule of two thresholds themselves'),
  // Signed calls
  attack(21, 'a call replayed, to this process, another one, after a restart: 401', [here('calls', 'attack 21:')]),
  attack(22, 'another method, path, query, authority, body, digest or content type: 401', [here('calls', 'attack 22:')]),
  attack(23, 'a component missing, repeated or with parameters: 401', [here('calls', 'attack 23:')]),
  attack(24, 'from the future, too old, without end or for too long, nonce missing or short: 401', [here('calls', 'attack 24:'), crypto('http-signature', 'a signature with ${what} is refused')]),
  attack(25, 'two signatures, other labels, doubled fields: refused', [here('calls', 'attack 25:')]),
  attack(26, 'a digest by SHA-1 or MD5, two digests of which one is wrong: refused', [here('calls', 'attack 26:')]),
  attack(27, 'Host or X-Forwarded-Host of an attacker: no effect', [here('calls', 'attack 27:')]),
  attack(28, 'a clock 59 to 61 seconds off: the edge is exact', [here('calls', 'attack 28:')]),
  attack(29, 'a flood of random key names: a limit, and nothing kept', [here('calls', 'attack 29:')]),
  // Who may what
  attack(30, 'somebody else’s request, grant, package, upload, enrolment by its id: as if it did not exist', [here('authorization', 'attack 30:'), ['tests/web/gates.test.ts', 'officers of other producers, citizens and strangers never see a request']]),
  attack(31, 'consumer A asks for the package of B: absent, and useless anyway', [here('authorization', 'attack 31:')]),
  attack(32, 'an application, node or consumer revoked in the middle of its work: refused at the next call', [
    portal('parties/signed-calls', 'a key counts only within its dates, until it is retired, and while its consumer is not suspended'),
    portal('access/decisions', 'a revocation by an officer closes header, body and packages at the next call, and is told to everyone'),
    portal('parties/sign-in', 'roles count as they are now, and an officer of a suspended producer decides nothing'),
  ]),
  attack(33, 'a forged form that grants, a forced sign-in, a session brought along, a cookie without __Host-: blocked', [
    portal('http', 'forms need the session’s token and our own origin'),
    ['tests/web/gates.test.ts', 'a form from another site is refused, signed in or not'],
    portal('parties/sign-in', 'signing in never takes up a session that the browser brought'),
    portal('http', 'cookies belong to this host alone and to no script; two of one name count for nothing'),
  ]),
  attack(34, 'a key used beyond its role, fields that nobody asked for: refused', [here('authorization', 'attack 34: role, producer, custody'), here('authorization', 'attack 34: a key that is good for one role')]),
  attack(35, 'the time or words of an answer tell who is known: they do not', [
    portal('parties/signed-calls', 'every refusal of a signature looks the same to a stranger, and names the portal’s clock'),
    ['tests/web/gates.test.ts', 'the answer to a request is the same whether or not the address is known, and a trapped program learns nothing'],
    crypto('encodings', 'equality of bytes holds for equal bytes only'),
  ], 'a password: nobody has one'),
  attack(36, 'one-time codes tried out: locked', [
    portal('parties/sign-in', 'a code bears ten attempts, and strangers cannot use up those of the browser that asked'),
    portal('parties/enrolment', 'a code is refused when wrong, used, expired or tried too often, each with its reason'),
    portal('access/requests', 'the code of the mail confirms, once, for the consumer who asked, with five tries'),
  ]),
  attack(37, 'uploads, parts never completed, registrations, requests and log entries without end: limits for each, and a broom', [
    here('authorization', 'attack 37:'),
    portal('catalog/uploads', 'a quota is kept, also against two that announce at once'),
    portal('catalog/uploads', 'an upload that nobody touches for a day is discarded, and a touched one lives on'),
    portal('access/requests', 'mails to addresses that nobody confirmed are bounded by consumer, by address and by place'),
  ]),
  // Harvests
  attack(38, 'a source that points into the private network', [], 'neither portal nor node fetches an address that somebody else chose: a `link` is shown, never followed'),
  attack(39, 'an answer without end, compressed without end, of a million records', [here('client', 'attack 39:')], 'harvests: what reads foreign answers is the client, and the node'),
  attack(40, 'XML with entities, JSON-LD with a remote context', [], 'no XML and no JSON-LD is read'),
  // Input
  attack(41, 'a pattern that backtracks, a schema from elsewhere: linear patterns, own schemas, bounds', [['tests/catalog-schema/limits.test.ts', 'texts made to keep a backtracking pattern busy are refused in no time'], ['tests/properties/parsers.test.ts', 'and keeps nobody waiting']]),
  attack(42, '__proto__ and its kin in a body: refused at parse', [here('signatures', 'attack 42:'), ['tests/catalog-schema/limits.test.ts', 'keys that JavaScript gives a meaning of its own are refused at any depth']]),
  attack(43, 'names with .., U+0000, separators, direction marks, 300 bytes; links where files are written: shown only, never followed', [here('input', 'attack 43:'), here('client', 'attack 43:'), ['tests/catalog-schema/manifest-rules.test.ts', 'names that would leave their folder or hide are refused by the schema already']]),
  attack(44, 'archives that explode or write elsewhere', [], 'no archive is opened, and there are no previews'),
  attack(45, 'cells that a spreadsheet takes for formulas', [], 'the portal makes no tables; those of producers are never altered'),
  attack(46, 'markup and script addresses in every text: shown as text', [here('input', 'attack 46: markup'), here('input', 'attack 46: an address'), ['tests/web/reading.test.ts', 'text of the metadata cannot become markup'], client('command-line', 'nothing of the portal reaches the terminal raw, in lines or in JSON')]),
  attack(47, 'line ends, quotes and other letters in a file name: no other header', [here('input', 'attack 47:'), portal('catalog/bodies', 'a name cannot end the header, leave the folder or hide its ending')]),
  attack(48, 'operators, wildcards, sort fields of the database in a search: they mean nothing', [here('input', 'attack 48:'), portal('catalog/search', 'unknown parameters and values are refused, never passed over')]),
  attack(49, 'a producer with a name that looks like another’s: not made active, nor renamed to it', [here('authorization', 'attack 49: no producer'), here('authorization', 'attack 49: of two')]),
  // Keys at rest
  attack(50, 'keys and plaintext looked for in logs, errors, database, store, arguments: none', [portal('broker/dump', 'a dump of database and store holds no plaintext of a sealed dataset'), node('access', 'no content key and no sealed plaintext lies in the node’s database or spool'), portal('operator-cli', 'the real process ends in order at SIGTERM, and shows no secret in its arguments'), client('command-line', 'no secret of the home appears in what the command says')]),
  attack(51, 'a key file that others can read: refused', [portal('keys', 'key files that are open, missing, swapped or of another portal stop the start with what to do'), node('refusals', 'key files are for the node alone, and a folder that is open to others is refused'), client('home', 'a home or a key file that others can read is refused')]),
  attack(52, 'the web process reads what is the broker’s: denied', [here('authorization', 'attack 52:'), portal('rights', 'web and broker connect under roles of their own, and each is refused what is the other’s')]),
  attack(53, 'the machine is gone, and only recovery shares are left', [], 'content keys are sealed to the recovery recipient; no command brings them back yet'),
  attack(54, 'the broker’s key is lost or replaced', [], 'no command wraps the deposits for another broker key yet'),
  attack(55, 'kill -9 in the middle of publishing, logging or releasing: complete or absent after the restart', [
    node('outage', 'a publication killed in the middle of its upload goes on where it was'),
    node('outage', 'an answer that is lost is asked for again: one version, published once'),
    portal('log/sequencer', 'a sequencer that is killed in the middle leaves the log as it was, and the next one goes on'),
    portal('storage/directory-store', 'a completion that was cut short is repeated, and nothing private is left behind'),
  ]),
  attack(56, 'a dependency replaced, unlocked, or with a script at installation: found', [here('dependencies', 'attack 56:')]),
];
