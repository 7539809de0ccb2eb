import { type Digest, digestOf, parseCanonicalJson, parseStatement, payloadBytes } from '#crypto';
import { ClientError, refusingAs } from '../errors.ts';
import type { DatasetMark } from '../trust/pins.ts';

/** What the version rule looks at in a manifest. */
export interface VersionLink {
  dataset_id: string;
  version: number;
  prev: Digest | null;
  digest: Digest;
}

/**
 * The version rule: not below the mark, equal means the same digest, above means an unbroken chain of `prev` down to the mark. A
 * version asked for by number (`by_number`) may be older: then the chain leads from the mark down to it. `between` are the manifests of
 * the versions in the gap, in any order: of mark+1 to version−1 when newer, of version+1 to the mark when older; only their
 * digests count. Refuses with `version_rolled_back`, `equivocation`, `history_missing`, `history_broken`.
 */
export function checkMark(found: VersionLink, mark: Pick<DatasetMark, 'version' | 'digest'>, between: readonly unknown[], o: { by_number: boolean }): void {
  if (found.version === mark.version) {
    if (found.digest !== mark.digest) {
      throw new ClientError('equivocation', `Version ${found.version} was seen before with other content: the producer or somebody with its key signed two.`, {
        facts: { version: found.version },
      });
    }
    return;
  }
  if (found.version < mark.version && !o.by_number) {
    throw new ClientError('version_rolled_back', `Version ${found.version} is offered as the newest; version ${mark.version} was seen before.`, {
      facts: { version: found.version, seen: mark.version },
    });
  }
  const links = new Map(between.map((statement) => linkOf(statement)).map((link) => [link.version, link]));
  const linkAt = (version: number): VersionLink => {
    const link = links.get(version);
    if (link !== undefined) return link;
    throw new ClientError('history_missing', `The manifest of version ${version} is needed to join version ${found.version} to version ${mark.version}.`, { facts: { version } });
  };
  const newer = found.version > mark.version;
  const bottom = newer ? mark : found;
  let link = newer ? found : linkAt(mark.version);
  if (!newer && link.digest !== mark.digest) throw broken(mark.version);
  while (link.version > bottom.version + 1) {
    const below = linkAt(link.version - 1);
    if (below.digest !== link.prev || below.dataset_id !== found.dataset_id) throw broken(below.version);
    link = below;
  }
  if (link.prev !== bottom.digest) throw broken(bottom.version);
}

/** The versions whose manifests `checkMark` needs to join a version to the mark, oldest first. */
export function versionsBetween(version: number, mark: number): number[] {
  const first = version > mark ? mark + 1 : version + 1;
  const last = version > mark ? version - 1 : mark;
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);
}

function linkOf(statement: unknown): VersionLink {
  return refusingAs('history_broken', 'A manifest between two versions is not one.', () => {
    const bytes = payloadBytes(parseStatement(statement));
    const payload = parseCanonicalJson(bytes, { maxBytes: bytes.length });
    const members: Record<string, unknown> = typeof payload === 'object' && payload !== null ? Object.fromEntries(Object.entries(payload)) : {};
    const { dataset_id, version, prev } = members;
    if (typeof dataset_id !== 'string' || typeof version !== 'number') throw broken(0);
    return { dataset_id, version, prev: typeof prev === 'string' ? (prev as Digest) : null, digest: digestOf(bytes) };
  });
}

function broken(version: number): ClientError {
  return new ClientError('history_broken', `The chain of versions does not hold at version ${version}.`, { facts: { version } });
}
