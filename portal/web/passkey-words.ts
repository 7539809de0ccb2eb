import type { PageContext } from './page-context.ts';

/** The sentence for a refusal about passkeys, or undefined. */
export function passkeyWords(refused: PageContext['words']['passkeys']['refused'], reason: string | undefined): string | undefined {
  const known: Readonly<Record<string, string>> = refused;
  return reason !== undefined && Object.hasOwn(known, reason) ? known[reason] : undefined;
}
