import { parseProducerKeySet, type ProducerKeySet } from '#catalog-schema';
import { canonicalBytes, decodeBase64url, type Digest, digestOf, encodeBase64url, fingerprintOf, parsePublicJwk, parseStatement, parseStrictJson, type SigningKey, signStatement, type Statement, type StatementSignature, thumbprint, type VerifiedKeySet, verifyKeySetChain } from '#crypto';
import { reasonOf, refusal } from '../errors.ts';

/** The next version of a producer's key set, on its way between the node and those who hold the root keys. */
export interface KeyProposal {
  producer_id: string;
  /** The chain that it continues, verified. */
  chain: readonly VerifiedKeySet[];
  statements: readonly Statement[];
  next: ProducerKeySet;
  digest: Digest;
  /** The signatures gathered so far, not verified one by one: the whole chain is, before it is used. */
  signatures: readonly StatementSignature[];
}

const TYP = 'producer-keys+jws';
const PROPOSAL_MAX_BYTES = 1024 * 1024;

/** A proposal for `next` after a chain, signed by nobody yet. Throws `key_proposal_damaged` for a set that cannot follow. */
export function newProposal(statements: readonly Statement[], next: unknown): KeyProposal {
  return readProposalValue({ v: 1, key_sets: statements, next, signatures: [] });
}

/** The text of a proposal file. It holds no secret. */
export function proposalText(proposal: KeyProposal): string {
  const { statements, next, signatures } = proposal;
  return `${JSON.stringify({ v: 1, key_sets: statements, next, signatures }, null, 2)}\n`;
}

/** Reads a proposal file and verifies the chain that it continues; `key_proposal_damaged` for anything else. */
export function parseProposal(bytes: Uint8Array): KeyProposal {
  let value: unknown;
  try {
    value = parseStrictJson(bytes, { maxBytes: PROPOSAL_MAX_BYTES });
  } catch (cause) {
    throw refusal('key_proposal_damaged', { reason: reasonOf(cause) }, { cause });
  }
  return readProposalValue(value);
}

function readProposalValue(value: unknown): KeyProposal {
  try {
    if (typeof value !== 'object' || value === null) throw new Error('not an object');
    const { key_sets, next, signatures }: Record<string, unknown> = { ...value };
    if (!Array.isArray(key_sets) || !Array.isArray(signatures)) throw new Error('key_sets and signatures are lists');
    const statements = key_sets.map(parseStatement);
    const chain = verifyKeySetChain(statements, { typ: TYP });
    const newest = chain.at(-1);
    const set = parseProducerKeySet(next);
    if (newest === undefined || set.version !== newest.version + 1 || set.prev !== newest.digest) throw new Error('it does not follow the newest version');
    const payload = canonicalBytes(set);
    // The form of the signatures is that of a statement; without one there is none yet.
    const read = signatures.length === 0 ? [] : parseStatement({ payload: encodeBase64url(payload), signatures }).signatures;
    if (read.some((one) => signerOf(one) === '')) throw new Error('a signature without a signer');
    return { producer_id: newest.party_id, chain, statements, next: set, digest: digestOf(payload), signatures: read };
  } catch (cause) {
    throw refusal('key_proposal_damaged', { reason: reasonOf(cause) }, { cause });
  }
}

/** The thirty digits by which those who sign know that it is the proposal of the node. */
export function proposalFingerprint(proposal: KeyProposal): string {
  return fingerprintOf(proposal.digest);
}

/** The proposal as a statement; `key_proposal_unsigned` when nobody signed. */
export function proposalStatement(proposal: KeyProposal): Statement {
  if (proposal.signatures.length === 0) throw refusal('key_proposal_unsigned', missing(proposal));
  return parseStatement({ payload: encodeBase64url(canonicalBytes(proposal.next)), signatures: proposal.signatures });
}

/** The proposal with one more signature. Refuses with `root_not_entitled` a key that is a root of neither version. */
export function withSignature(proposal: KeyProposal, key: SigningKey): KeyProposal {
  const entitled = [...rootsOf(proposal.chain.at(-1)), ...rootsOf(proposal.next)];
  if (!entitled.includes(key.kid)) throw refusal('root_not_entitled', { kid: key.kid });
  return mergeSignatures(proposal, signStatement(TYP, proposal.next, [key]).signatures);
}

/** The proposal with the signatures of a copy of it added, each key once. Refuses with `key_proposal_other` a copy of something else. */
export function gatherSignatures(proposal: KeyProposal, copy: KeyProposal): KeyProposal {
  if (copy.digest !== proposal.digest) throw refusal('key_proposal_other', {});
  return mergeSignatures(proposal, copy.signatures);
}

function mergeSignatures(proposal: KeyProposal, more: readonly StatementSignature[]): KeyProposal {
  const known = new Set(proposal.signatures.map(signerOf));
  return { ...proposal, signatures: [...proposal.signatures, ...more.filter((one) => !known.has(signerOf(one)))] };
}

/** How many signatures of the present roots and of the proposed ones are still missing, going by who claims to have signed. */
export function missing(proposal: KeyProposal): { present: number; proposed: number } {
  const signers = new Set(proposal.signatures.map(signerOf));
  const newest = proposal.chain.at(-1);
  const lacking = (roots: readonly string[], threshold: number): number => Math.max(0, threshold - roots.filter((kid) => signers.has(kid)).length);
  return { present: lacking(rootsOf(newest), newest?.threshold ?? 1), proposed: lacking(rootsOf(proposal.next), proposal.next.threshold) };
}

/** The key that a signature names; an empty text where it names none. */
export function signerOf(signature: Pick<StatementSignature, 'protected'>): string {
  const header: unknown = JSON.parse(Buffer.from(decodeBase64url(signature.protected)).toString('utf8'));
  return typeof header === 'object' && header !== null && 'kid' in header && typeof header.kid === 'string' ? header.kid : '';
}

function rootsOf(set: Pick<ProducerKeySet, 'keys'> | Pick<VerifiedKeySet, 'keys'> | undefined): string[] {
  return (set?.keys ?? []).flatMap((key) => (key.roles.includes('root') ? [thumbprint(parsePublicJwk(key.jwk))] : []));
}
