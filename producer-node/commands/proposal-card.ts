import { parsePublicJwk, thumbprint } from '#crypto';
import { type KeyProposal, missing, proposalFingerprint, signerOf } from '../keys/key-proposal.ts';
import type { Words } from '../words/en.ts';
import { dateText } from './command.ts';

/** A proposed key set for people: what comes, what goes, who signed, and the digits that tell it from another. */
export function proposalCard(proposal: KeyProposal, words: Words): [string, string][] {
  const { cli } = words;
  const before = new Map((proposal.chain.at(-1)?.keys ?? []).map((key) => [key.kid, key.roles.join()]));
  const after = new Map(proposal.next.keys.map((key) => [thumbprint(parsePublicJwk(key.jwk)), key.roles.join()]));
  const only = (these: Map<string, string>, others: Map<string, string>): string => [...these].filter(([kid]) => !others.has(kid)).map(([kid, role]) => `${role} ${kid}`).join('\n') || '—';
  const lacking = missing(proposal);
  return [
    [cli.label_producer, proposal.next.name],
    [cli.identifier, proposal.producer_id],
    [cli.label_key_set, String(proposal.next.version)],
    [cli.label_keys_new, only(after, before)],
    [cli.label_keys_gone, only(before, after)],
    [cli.label_threshold, String(proposal.next.threshold)],
    [cli.keys_expire, dateText(proposal.next.expires_at, words)],
    [cli.fingerprint_is, proposalFingerprint(proposal)],
    [cli.label_signed, proposal.signatures.map(signerOf).join('\n') || '—'],
    [cli.label_missing, cli.signatures_missing(lacking)],
  ];
}
