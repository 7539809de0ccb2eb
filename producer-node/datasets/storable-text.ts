import { SchemaError, type SchemaIssue } from '#catalog-schema';

const ISSUES_MAX = 20;

/**
 * Refuses texts that no PostgreSQL can hold, neither the portal's nor this node's: those with the character U+0000, in a value or in
 * a name. Throws SchemaError with a pointer to each, 20 at most.
 */
export function assertStorable(value: unknown): void {
  const issues: SchemaIssue[] = [];
  collect(value, '', issues);
  if (issues.length > 0) throw new SchemaError('malformed', 'a text holds the character U+0000', issues.slice(0, ISSUES_MAX));
}

// The depth is bounded by whatever parsed the value.
function collect(value: unknown, pointer: string, issues: SchemaIssue[]): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) issues.push({ pointer, message: 'holds the character U+0000: take it out' });
  } else if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) collect(member, `${pointer}/${index}`, issues);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value)) {
      const place = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('\0', '\ufffd')}`;
      if (name.includes('\0')) issues.push({ pointer: place, message: 'its name holds the character U+0000: take it out' });
      collect(member, place, issues);
    }
  }
}
