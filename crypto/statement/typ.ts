import { CryptoError } from '../errors.ts';

const TYP = /^[a-z][a-z0-9-]{0,60}\+jws$/;

/** Refuses with `wrong_type` a text that cannot be the type of a statement: lower case, digits and hyphens, then `+jws`. */
export function assertTyp(typ: string): void {
  if (!TYP.test(typ)) throw new CryptoError('wrong_type', `${JSON.stringify(typ)} is not a statement type`);
}
