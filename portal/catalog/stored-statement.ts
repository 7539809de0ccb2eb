import { type Manifest, parseManifest } from '#catalog-schema';
import { parseStatement, readUnverifiedPayload, type Statement } from '#crypto';

/** A statement from its stored JSON text. */
export function statementOf(text: string): Statement {
  return parseStatement(JSON.parse(text));
}

/** The manifest in a stored statement, which was verified when it was published. */
export function manifestOf(text: string): Manifest {
  return parseManifest(readUnverifiedPayload(statementOf(text)));
}
